import { formatUsd, NANOS_PER_CENT, type Nanos } from "./money.ts";

/** What OpenCode takes anywhere in an error's words for a reason to ask again, without an end. */
const LIKE_A_STATUS = /429|500|502|503|504|524/;

/** Dollars in one of each. */
const LARGER = [
  [100n, "hundred"],
  [1_000n, "thousand"],
  [1_000_000n, "million"],
  [1_000_000_000n, "billion"],
] as const;

function inOtherUnits(nanos: Nanos): string[] {
  const exact = LARGER.filter(([dollars]) => nanos % dollars === 0n);
  const larger = exact.map(([dollars, unit]) => `$${formatUsd(nanos / dollars)} ${unit}`);
  return [...larger, `${formatUsd(nanos * 100n)} cents`];
}

/** `7_524_000n` → `7_600_000n` up, `7_500_000n` down. */
function twoDigits(nanos: Nanos, towards: "up" | "down"): Nanos {
  const step = 10n ** BigInt(Math.max(0, String(nanos).length - 2));
  return ((towards === "up" ? nanos + step - 1n : nanos) / step) * step;
}

/**
 * For the words of errors, where no amount may look like a status: `5_020_000_000n` → `"$5.02"`,
 * `502_000_000_000n` → `"$5.02 hundred"`. What no unit can say is rounded to two digits.
 */
export function usdInWords(nanos: Nanos): string {
  const plain = `$${formatUsd(nanos)}`;
  const said = [plain, ...inOtherUnits(nanos)].find((text) => !LIKE_A_STATUS.test(text));
  if (said !== undefined) return said;
  const rough = twoDigits(nanos, "down");
  return rough === nanos ? plain : `about ${usdInWords(rough)}`;
}

/** `7_524_000n` → `"$0.0076"` up, `"$0.0075"` down: cents, and below ten of them two digits. */
export function roughUsdInWords(nanos: Nanos, towards: "up" | "down"): string {
  if (nanos < 10n * NANOS_PER_CENT) return usdInWords(twoDigits(nanos, towards));
  const cents = (towards === "up" ? nanos + NANOS_PER_CENT - 1n : nanos) / NANOS_PER_CENT;
  return usdInWords(cents * NANOS_PER_CENT);
}
