import type { Me } from "../../../src/control/contract/people.ts";
import type { Prompt } from "../../../src/control/contract/prompts.ts";

/** The shapes of the management API, each from its contract: types only, nothing of the server is bundled. */
export type { Role } from "../../../src/accounts/role.ts";
export type { AuditEntry, OperatorAuditEntry } from "../../../src/control/contract/audit.ts";
export type { AccountBrand, NewBrand, OwnBrand } from "../../../src/control/contract/brand.ts";
export type { DoubtedCharge } from "../../../src/control/contract/charges.ts";
export type { AccountCurrency } from "../../../src/control/contract/currency.ts";
export type { Declaration, Declared } from "../../../src/control/contract/declared.ts";
export type { Key, KeyChange, KeyPlan, Limits, MadeKey, NewKey } from "../../../src/control/contract/keys.ts";
export type { StuckMail } from "../../../src/control/contract/mails.ts";
export type { Meta } from "../../../src/control/contract/meta.ts";
export type { AccountModel, OperatorModel, Probes } from "../../../src/control/contract/models.ts";
export type {
  AccountEntry,
  Code,
  ConfigYaml,
  Environment,
  KnownModel,
  MadeCodes,
  ModelPrices,
  OperatorPlan,
  PriceDiff,
  PriceVersion,
  Upstream,
  UpstreamDetail,
  UserEntry,
} from "../../../src/control/contract/operator.ts";
export type {
  CodeSent,
  Invitation,
  Me,
  Member,
  Passkey,
  Session,
  SignIn,
} from "../../../src/control/contract/people.ts";
export type { Pricing } from "../../../src/control/contract/pricing.ts";
export type { Probe } from "../../../src/control/contract/probe.ts";
export type { Prompt, PromptRule, PromptRuleInForce } from "../../../src/control/contract/prompts.ts";
export type {
  ChargeTold as RequestCharge,
  OperatorRequest,
  Request as RequestRow,
} from "../../../src/control/contract/requests.ts";
export type {
  AccountPlan,
  OperatorSubscription,
  PlanChosen,
  Subscription,
} from "../../../src/control/contract/subscription.ts";
export type { MadeToken, Token } from "../../../src/control/contract/tokens.ts";
export type { TrialKey } from "../../../src/control/contract/trial.ts";
export type {
  ActiveAccounts,
  OperatorUsageOver,
  UsageBucket,
  UsageGroup,
  UsageOver,
  UsageSums,
} from "../../../src/control/contract/usage.ts";
export type {
  AutoTopUpView as AutoTopUp,
  Lot,
  LowBalance,
  Redeemed,
  Statement,
  Wallet,
} from "../../../src/control/contract/wallet.ts";

/** An account of the person who is signed in. */
export type MyAccount = Me["accounts"][number];

/** What is kept of a request, if anything. */
export interface KeptPrompt {
  readonly prompt: Prompt | null;
}
