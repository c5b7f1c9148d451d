/** Money is whole nanos: 1 USD = 1,000,000,000. Always bigint, never a float. */
export type Nanos = bigint;

/** Payment providers take whole cents. */
export const NANOS_PER_CENT = 10_000_000n;

const NANOS_PER_USD = 1_000_000_000n;

/** `1234500000n` → `"1.2345"`: USD with at least two decimals and no needless zeros. */
export function formatUsd(nanos: Nanos): string {
  const sign = nanos < 0n ? "-" : "";
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = (magnitude % NANOS_PER_USD).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${magnitude / NANOS_PER_USD}.${fraction.padEnd(2, "0")}`;
}

/**
 * `"10.00"` → `10_000_000_000n`.
 * @throws RangeError for anything but a decimal number with at most nine decimals.
 */
export function parseUsd(text: string): Nanos {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match) {
    throw new RangeError(
      `"${text}" is not an amount of USD; write a number such as 10 or 10.50, at most nine decimals.`,
    );
  }
  return BigInt(match[1] ?? "0") * NANOS_PER_USD + BigInt((match[2] ?? "").padEnd(9, "0"));
}
