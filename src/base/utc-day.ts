const DAY_MS = 86_400_000;

/** The first moment after the UTC day in which a moment lies; both in milliseconds since the epoch. */
export function endOfDay(at: number): number {
  return (Math.floor(at / DAY_MS) + 1) * DAY_MS;
}
