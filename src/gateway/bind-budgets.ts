import type { Budget } from "../billing/budgets.ts";
import type { Unbound } from "../billing/outcomes.ts";
import { outputTokensFor, quote } from "../billing/quote.ts";
import type { Reservation } from "../billing/reservation.ts";
import { GatewayError } from "../core/errors.ts";
import type { Nanos } from "../core/money.ts";
import { roughUsdInWords, usdInWords } from "../core/usd-in-words.ts";
import { type Asking, leastOf, lowerLimit, unavailable } from "./reserve-less.ts";

const WHOSE: Readonly<Record<Budget["whose"], (model: string) => string>> = {
  key: () => "This API key",
  member: () => "The member of your organisation who owns this API key",
  account: () => "All keys of this account together",
  model: (model) => `All keys of this account together on ${model}`,
};

/** When running requests hold what is left of a budget, some of it is usually free again this soon. */
const HELD_RETRY_MS = 2_000;

function dateOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function refusal(
  { gateway, exchange }: Asking,
  budget: Budget,
  unbound: Unbound,
  leastNanos: Nanos,
): GatewayError {
  if (unbound.kind === "unavailable") return unavailable(unbound.cause);
  const { whose, period, nanos } = budget;
  const who = `${WHOSE[whose](exchange.model?.id ?? "")} may spend ${usdInWords(nanos)} a ${period}`;
  if (unbound.kind === "held")
    return new GatewayError(
      "funds_held",
      `${who}, and running requests hold what is left of it; wait for one to finish.`,
      {
        retryAfterMs: HELD_RETRY_MS,
      },
    );
  const left = `${roughUsdInWords(unbound.balanceNanos, "down")} of it is left, and this request costs up to ${roughUsdInWords(leastNanos, "up")}`;
  const mend = `send less, raise that limit, or wait until ${dateOf(gateway.budgets.endsAt(budget))}`;
  return new GatewayError("insufficient_funds", `${who}; ${left}: ${mend}.`);
}

async function bindOne(asking: Asking, reservation: Reservation, budget: Budget): Promise<void> {
  const { budgets, ledger } = asking.gateway;
  try {
    await budgets.ready(budget);
  } catch (cause) {
    throw unavailable(cause);
  }
  const whole = await ledger.bind(reservation, budget.id);
  if (whole === undefined) return;
  const { leastNanos } = await leastOf(asking);
  const least = leastNanos < reservation.holdNanos ? leastNanos : reservation.holdNanos;
  const part = whole.kind === "unavailable" ? whole : await ledger.bind(reservation, budget.id, least);
  if (part !== undefined) throw refusal(asking, budget, part, leastNanos);
}

async function bindAll(asking: Asking, reservation: Reservation, all: readonly Budget[]): Promise<void> {
  const { holdNanos } = reservation;
  for (const budget of all) await bindOne(asking, reservation, budget);
  if (reservation.holdNanos === holdNanos) return;
  const { counted } = await leastOf(asking);
  // With its input counted the whole answer may still be within it.
  if (reservation.holdNanos >= quote(counted)) return;
  lowerLimit(
    asking.exchange,
    outputTokensFor(reservation.holdNanos, counted),
    "what a limit of spending allows",
  );
}

/**
 * Counts what the request holds against what its key, its member, its account and its model may spend; where
 * there is less, the output limit is lowered to it. Undefined where nothing limits its spending.
 * @throws GatewayError `insufficient_funds` when a budget pays for nothing, `funds_held`, `unavailable`.
 */
export function bindBudgets(asking: Asking, reservation: Reservation): Promise<void> | undefined {
  const { gateway, exchange, principal } = asking;
  const { model } = exchange;
  if (!model) throw new Error("budgets are counted for a model");
  const plan = gateway.snapshot().plans.get(principal.planId);
  const all = gateway.budgets.of(principal, plan, model);
  return all && bindAll(asking, reservation, all);
}
