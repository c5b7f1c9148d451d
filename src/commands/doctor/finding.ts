export type Level = "ok" | "warn" | "fail";

/** What the doctor looked at, how it is, and what to do. */
export interface Finding {
  /** One word or two with a dash: scripts look for it. */
  readonly check: string;
  readonly level: Level;
  /** What is so. */
  readonly found: string;
  /** What to do; empty where all is well. */
  readonly mend: string;
}

export const ok = (check: string, found: string): Finding => ({ check, level: "ok", found, mend: "" });
export const warn = (check: string, found: string, mend: string): Finding => ({
  check,
  level: "warn",
  found,
  mend,
});
export const fail = (check: string, found: string, mend: string): Finding => ({
  check,
  level: "fail",
  found,
  mend,
});

const MARKS: Readonly<Record<Level, string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };

/** For people: a line each, and the mend below it. */
export function showFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ check, level, found, mend }) => {
      const line = `${MARKS[level]}  ${check.padEnd(width)}  ${found}`;
      return mend === "" ? line : `${line}\n      ${" ".repeat(width)}  → ${mend}`;
    })
    .join("\n");
}

/** The sentence of whatever was thrown. */
function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A check's findings, or that it could not be carried out. */
export async function guarded(
  check: string,
  work: () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
  mend: string,
): Promise<readonly Finding[]> {
  try {
    return [await work()].flat();
  } catch (thrown) {
    return [fail(check, sentenceOf(thrown), mend)];
  }
}

const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 300_000;

/** This machine's clock against a server's `Date` header, which counts in seconds. */
export function clockFinding(date: string | null, whose: string): Finding | undefined {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return undefined;
  const skewMs = Date.now() - theirs;
  const size = Math.abs(skewMs);
  const found = `this clock is ${Math.round(size / 1000)} s ${skewMs < 0 ? "behind" : "ahead of"} ${whose}`;
  if (size < SKEW_WARN_MS) return ok("clock", `within a minute of ${whose}`);
  const mend = "switch on time synchronisation (timedatectl set-ntp true)";
  return size < SKEW_FAIL_MS ? warn("clock", found, mend) : fail("clock", found, mend);
}
