import { language } from "../i18n/language.ts";

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** `3 minutes ago`, `in 5 days`. */
export function ago(at: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  const format = new Intl.RelativeTimeFormat(language(), { numeric: "auto", style: "long" });
  return format.format(Math.trunc(seconds / size), unit);
}

const format = (at: string | number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(language(), options).format(new Date(at));

/** `21 Nov 2026, 10:31:05` in the reader's time zone. */
export const moment = (at: string | number): string =>
  format(at, { dateStyle: "medium", timeStyle: "medium" });

/** `21 Nov 2026`. */
export const day = (at: string | number): string => format(at, { dateStyle: "medium" });

/** `21 Nov 2026` of a UTC day, wherever the reader is. */
export const utcDay = (at: number): string => format(at, { dateStyle: "medium", timeZone: "UTC" });

/** `21 Nov` of a UTC day. */
export const utcDayTick = (at: number): string =>
  format(at, { day: "numeric", month: "short", timeZone: "UTC" });

/** `10 AM`, `10时`. */
export const hourTick = (at: number): string => format(at, { hour: "numeric" });

/** `10:31:05`. */
export const clockTime = (at: string | number): string => format(at, { timeStyle: "medium" });

/** `November 2026` of `2026-11`. */
export const monthName = (month: string): string =>
  format(`${month}-15T00:00:00Z`, { month: "long", year: "numeric", timeZone: "UTC" });

/** The months from this one back, as `2026-11`. */
export function lastMonths(howMany: number, now = new Date()): string[] {
  return Array.from({ length: howMany }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}
