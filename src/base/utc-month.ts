/** A month of the calendar in UTC. */
export interface UtcMonth {
  /** `2026-11` */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
  /** The first moment of the next month. */
  readonly endsAt: number;
}

function monthFrom(year: number, index: number): UtcMonth {
  const startsAt = Date.UTC(year, index, 1);
  return {
    name: new Date(startsAt).toISOString().slice(0, 7),
    startsAt,
    endsAt: Date.UTC(year, index + 1, 1),
  };
}

/** The month in which a moment lies; `at` in milliseconds since the epoch. */
export function monthOf(at: number): UtcMonth {
  const date = new Date(at);
  return monthFrom(date.getUTCFullYear(), date.getUTCMonth());
}

/** `2026-11` as a month; undefined where it is none of the years 2000 to 2199. */
export function readMonth(text: string): UtcMonth | undefined {
  const match = /^(2[01]\d\d)-(0[1-9]|1[0-2])$/.exec(text);
  return match ? monthFrom(Number(match[1]), Number(match[2]) - 1) : undefined;
}
