/** What the run of the real programs found (`npm run test:clients`): how they were installed, and what they did. */
import { expect } from "bun:test";
import { readResults } from "../../clients/compatibility/results.ts";

export const BY_THE_TABLE = "by npm run test:clients, whose table is in the customers' manual";

/** npm installed the package, and its program worked behind a gateway of ours. */
export async function installedFromNpm(name: string): Promise<void> {
  const { clients } = await readResults();
  const found = clients.find(({ packages }) => packages.some((one) => one.startsWith(`${name}@`)));
  expect(found?.refusal).toBeUndefined();
  const streamed = found?.rows.map(({ cells }) => cells.stream?.outcome) ?? [];
  expect(streamed.length).toBeGreaterThan(0);
  expect(streamed.every((outcome) => outcome === "answered")).toBe(true);
}
