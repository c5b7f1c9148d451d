import { expect, test } from "bun:test";
import { clientName } from "../../src/gateway/client-name.ts";

test("a client is known by its user agent, Qwen Code also where it borrows another's", () => {
  expect(clientName("claude-cli/2.1.329 (external, sdk-cli)")).toBe("claude-code/2.1.329");
  expect(clientName("claude-cli/0.24.4 (external, cli)")).toBe("qwen-code/0.24.4");
  expect(clientName("Kilo-Code/7.7.9 ai-sdk/provider-utils/4.0.1")).toBe("Kilo-Code/7.7.9");
  expect(clientName(null)).toBe("unknown");
});
