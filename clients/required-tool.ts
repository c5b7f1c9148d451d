import { test } from "bun:test";

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

/** Whether a program that a suite needs is on this machine; the suite is skipped otherwise. */
export function requiredProgram(suite: string, program: string): boolean {
  if (Bun.which(program) !== null) return true;
  skipSuite(suite, `${program} is not installed`);
  return false;
}
