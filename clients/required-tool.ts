import { test } from "bun:test";
import { existsSync } from "node:fs";

/** Says that a suite does not run here; with QUOIN_TEST_REQUIRE=all the suite fails instead. */
function skipSuite(suite: string, reason: string): void {
  if (process.env.QUOIN_TEST_REQUIRE === "all") {
    test(suite, () => {
      throw new Error(`${reason}, and QUOIN_TEST_REQUIRE=all wants every suite to run.`);
    });
  } else {
    console.log(`SKIPPED SUITE ${suite}: ${reason}`);
  }
}

/** The value of an environment variable that names what a suite needs; undefined where it is skipped. */
export function requiredVariable(suite: string, variable: string): string | undefined {
  const value = process.env[variable];
  if (value !== undefined && value !== "") return value;
  skipSuite(suite, `${variable} is not set`);
  return undefined;
}

/** Whether a file that a suite needs is there, with a word on how to get it; the suite is skipped otherwise. */
export function requiredFile(suite: string, path: string, mend: string): boolean {
  if (existsSync(path)) return true;
  skipSuite(suite, `there is no ${path}; ${mend}`);
  return false;
}

/** Whether a program that a suite needs is on this machine; the suite is skipped otherwise. */
export function requiredProgram(suite: string, program: string): boolean {
  if (Bun.which(program) !== null) return true;
  skipSuite(suite, `${program} is not installed`);
  return false;
}
