import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { catalogModels, lookupCatalog } from "../../src/config/catalog.ts";
import { VENDORS } from "../../src/config/vendors.ts";

describe("lookupCatalog", () => {
  test.each([
    ["anthropic", "claude-sonnet-4-20250514", 3_000_000_000n],
    ["anthropic", "claude-haiku-4-5-20251001", 1_000_000_000n],
    ["anthropic", "claude-opus-5-20260101", 5_000_000_000n],
    ["openai", "gpt-4o", 2_500_000_000n],
    ["openai", "GPT-4o", 2_500_000_000n],
    ["openai", "gpt-5-2025-08-07", 1_250_000_000n],
    ["google", "gemini-2.5-pro-preview-06-05", 1_250_000_000n],
    ["openrouter", "anthropic/claude-haiku-4.5", 1_000_000_000n],
    ["groq", "openai/gpt-oss-20b", 75_000_000n],
  ])("%s %s", (vendor, id, input) => {
    expect(lookupCatalog(vendor, id)).toMatchObject({ id, price: { input } });
  });

  test("knows nothing of others", () => {
    expect(lookupCatalog("openai", "no-such-model")).toBeUndefined();
    expect(lookupCatalog("nobody", "gpt-4o")).toBeUndefined();
    expect(lookupCatalog("__proto__", "gpt-4o")).toBeUndefined();
    expect(lookupCatalog("openai", "gpt-4o-mini-made-up")).toBeUndefined();
  });

  test("an exact id wins over a pattern that also fits", () => {
    expect(lookupCatalog("openai", "gpt-5-nano")?.price.input).toBe(50_000_000n);
    expect(lookupCatalog("google", "gemini-2.5-pro-preview-tts")?.price.output).toBe(20_000_000_000n);
  });

  test("keeps tiers, cache prices and searches", () => {
    expect(lookupCatalog("anthropic", "claude-sonnet-4-5")?.price).toMatchObject({
      cacheWrite5m: 3_750_000_000n,
      cacheWrite1h: 6_000_000_000n,
      search: 10_000_000n,
      tiers: [{ aboveInputTokens: 200_000, input: 6_000_000_000n, output: 22_500_000_000n }],
    });
  });

  test("a price that changes on a day changes on that day", () => {
    const input = (day: string) => lookupCatalog("google", "gemini-3.6-flash", new Date(day))?.price.input;
    expect(input("2026-12-31T23:59:59Z")).toBe(750_000_000n);
    expect(input("2027-01-01T00:00:00Z")).toBe(1_500_000_000n);
  });

  test("hours of the day cost what the dearest does", () => {
    expect(lookupCatalog("deepseek", "deepseek-v4-flash")?.price).toMatchObject({
      input: 440_000_000n,
      output: 1_320_000_000n,
    });
  });
});

describe("catalogModels", () => {
  test.each(VENDORS.map(({ id }) => id))("%s has models, each once and with a price", (vendor) => {
    const models = catalogModels(vendor);
    expect(models.length).toBeGreaterThan(1);
    expect(new Set(models.map(({ id }) => id.toLowerCase())).size).toBe(models.length);
    for (const { price, category } of models) {
      expect(price.input).toBeDefined();
      if (category !== "embedding") expect(price.output).toBeDefined();
    }
  });

  test("offers what the vendor serves today", () => {
    const ids = (vendor: string) => catalogModels(vendor).map(({ id }) => id);
    expect(ids("anthropic")).toContain("claude-haiku-4-5-20251001");
    expect(ids("anthropic")).not.toContain("claude-2");
    expect(ids("openai")).not.toContain("davinci");
    expect(ids("openai").some((id) => id.includes("realtime"))).toBe(false);
    expect(ids("google").some((id) => id.startsWith("claude"))).toBe(false);
  });
});

test("the file stays small", () => {
  expect(statSync(new URL("../../src/config/catalog.json", import.meta.url)).size).toBeLessThan(200_000);
});
