import { PEOPLE_ROUTES } from "./people-routes.ts";
import type { Route } from "./route.ts";
import { AUDIT_ROUTES } from "./routes/audit.ts";
import { AUTO_TOP_UP_ROUTES } from "./routes/auto-top-up.ts";
import { BRAND_ROUTES } from "./routes/brand.ts";
import { CURRENCY_ROUTES } from "./routes/currency.ts";
import { KEY_ROUTES } from "./routes/keys.ts";
import { META_ROUTES } from "./routes/meta.ts";
import { MODEL_ROUTES } from "./routes/models.ts";
import { OPERATOR_ACCOUNT_ROUTES } from "./routes/operator-accounts.ts";
import { OPERATOR_CHARGE_ROUTES } from "./routes/operator-charges.ts";
import { OPERATOR_CODE_ROUTES } from "./routes/operator-codes.ts";
import { OPERATOR_DECLARED_ROUTES } from "./routes/operator-declared.ts";
import { OPERATOR_DRAFT_ROUTES } from "./routes/operator-drafts.ts";
import { OPERATOR_MAIL_ROUTES } from "./routes/operator-mails.ts";
import { OPERATOR_METRIC_ROUTES } from "./routes/operator-metrics.ts";
import { OPERATOR_OFFER_ROUTES } from "./routes/operator-offer.ts";
import { OPERATOR_PRICE_ROUTES } from "./routes/operator-prices.ts";
import { OPERATOR_SETTING_ROUTES } from "./routes/operator-settings.ts";
import { OPERATOR_SUBSCRIPTION_ROUTES } from "./routes/operator-subscriptions.ts";
import { OPERATOR_UPSTREAM_ROUTES } from "./routes/operator-upstreams.ts";
import { OPERATOR_USER_ROUTES } from "./routes/operator-users.ts";
import { PRICING_ROUTES } from "./routes/pricing.ts";
import { PROBE_ROUTES } from "./routes/probe.ts";
import { PROMPT_ROUTES } from "./routes/prompts.ts";
import { REQUEST_ROUTES } from "./routes/requests.ts";
import { SUBSCRIPTION_ROUTES } from "./routes/subscription.ts";
import { TOKEN_ROUTES } from "./routes/tokens.ts";
import { TRIAL_ROUTES } from "./routes/trial.ts";
import { USAGE_ROUTES } from "./routes/usage.ts";
import { WALLET_ROUTES } from "./routes/wallet.ts";

/** Every route of the management API, by area; the documents and the tests of tenancy are made of it. */
export const ROUTES: readonly Route[] = [
  ...META_ROUTES,
  ...KEY_ROUTES,
  ...WALLET_ROUTES,
  ...AUTO_TOP_UP_ROUTES,
  ...CURRENCY_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  ...MODEL_ROUTES,
  ...TOKEN_ROUTES,
  ...REQUEST_ROUTES,
  ...PROMPT_ROUTES,
  ...BRAND_ROUTES,
  ...USAGE_ROUTES,
  ...AUDIT_ROUTES,
  ...OPERATOR_ACCOUNT_ROUTES,
  ...OPERATOR_SUBSCRIPTION_ROUTES,
  ...OPERATOR_USER_ROUTES,
  ...OPERATOR_CODE_ROUTES,
  ...OPERATOR_CHARGE_ROUTES,
  ...OPERATOR_MAIL_ROUTES,
  ...OPERATOR_METRIC_ROUTES,
  ...OPERATOR_UPSTREAM_ROUTES,
  ...OPERATOR_OFFER_ROUTES,
  ...OPERATOR_PRICE_ROUTES,
  ...PRICING_ROUTES,
  ...PROBE_ROUTES,
  ...OPERATOR_DECLARED_ROUTES,
  ...OPERATOR_DRAFT_ROUTES,
  ...OPERATOR_SETTING_ROUTES,
  ...TRIAL_ROUTES,
  ...PEOPLE_ROUTES,
];
