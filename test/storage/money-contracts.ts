import { autoTopUpContract } from "./auto-top-up-contract.ts";
import { budgetContract } from "./budget-contract.ts";
import { codeContract } from "./code-contract.ts";
import { currencyContract } from "./currency-contract.ts";
import type { OpenMoney } from "./money-fixture.ts";
import { noticeContract } from "./notice-contract.ts";
import { paymentContract } from "./payment-contract.ts";
import { receiptContract } from "./receipt-contract.ts";
import { subscriptionContract } from "./subscription-contract.ts";
import { walletContract } from "./wallet-contract.ts";

/** What the stores of money must do, each port by its own suite. */
export function moneyContracts(name: string, open: OpenMoney): void {
  walletContract(name, open);
  autoTopUpContract(name, open);
  budgetContract(name, open);
  codeContract(name, open);
  paymentContract(name, open);
  receiptContract(name, open);
  noticeContract(name, open);
  subscriptionContract(name, open);
  currencyContract(name, open);
}
