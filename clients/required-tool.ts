import { test } from "bun:test";

/**
 * What a suite needs and npm does not install, named by an environment variable. Without it the
 * suite is skipped, and says so; where QUOIN_TEST_REQUIRE=all it fails instead.
 */
export function requiredTool(suite: string, variable: string): string | undefined {
  const value = process.env[variable];
  if (value !== undefined && value !== "") return value;
  if (process.env.QUOIN_TEST_REQUIRE === "all") {
    test(suite, () => {
      throw new Error(`${variable} is not set, and QUOIN_TEST_REQUIRE=all wants every suite to run.`);
    });
  } else {
    console.log(`SKIPPED SUITE ${suite}: ${variable} is not set`);
  }
  return undefined;
}
