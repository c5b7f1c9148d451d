import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { loadConfig } from "../../src/config/load.ts";
import { DOCUMENTS } from "./documents.ts";
import { countLine, countsOf, MARK, renderStatements } from "./render-docs.ts";
import { realText, textOf } from "./world.ts";

const EXAMPLES = ["qorebit", "qubittron", "quatarly", "qcode"];

/** What the real upstreams take from the environment. */
const REAL_ENV = {
  ANTHROPIC_API_KEY: "a",
  OPENAI_API_KEY: "o",
  GEMINI_API_KEY: "g",
  DEEPSEEK_API_KEY: "d",
  VLLM_BASE_URL: "http://127.0.0.1:8000/v1",
  VLLM_KEY: "v",
  AUDIO_BASE_URL: "http://127.0.0.1:8001/v1",
  AUDIO_KEY: "s",
};

describe.each(EXAMPLES)("examples/%s.yaml", (example) => {
  const load = (text: string) => loadConfig(text, { file: `examples/${example}.yaml`, env: REAL_ENV });

  test("runs on the demo upstream alone", () => {
    const { upstreams, models } = load(textOf(example));
    expect(upstreams.map(({ provider }) => provider)).toEqual(["demo"]);
    expect(models.length).toBeGreaterThan(5);
  });

  test("becomes the same with real upstreams by the line in its head", () => {
    const demo = load(textOf(example));
    const real = load(realText(example));
    expect(real.upstreams.map(({ provider }) => provider)).not.toContain("demo");
    const shown = ({ models, plans, brand, hosts, regions, errors }: typeof demo) => ({
      // The real ones take the bounds of their context from the vendors' catalogue.
      models: models.map(({ targets: _t, contextTokens: _c, outputTokensMax: _o, ...model }) => model),
      plans,
      brand,
      hosts,
      regions,
      errors,
    });
    expect(shown(real)).toEqual(shown(demo));
    // Each real upstream serves something.
    const used = new Set(real.models.flatMap(({ targets }) => targets.map(({ upstream }) => upstream)));
    expect([...used].toSorted()).toEqual(real.upstreams.map(({ id }) => id).toSorted());
  });
});

test("docs/operators/services.md lists every statement: run test/services/write-docs.ts", () => {
  const page = readFileSync(new URL("../../docs/operators/services.md", import.meta.url), "utf8");
  expect(page.split(MARK)[1]).toBe(renderStatements());
});

test("each statement is checked, or has a reason", () => {
  for (const document of DOCUMENTS) {
    console.log(countLine(document));
    expect(countsOf(document).checked).toBeGreaterThan(20);
    const statements = document.sections.flatMap(({ statements }) => statements);
    for (const { says, check, unchecked } of statements)
      expect([says, [check, unchecked].filter(Boolean).length]).toEqual([says, 1]);
    const names = document.sections.flatMap(({ title, statements }) =>
      statements.map((s) => `${title}: ${s.says}`),
    );
    expect(names.length).toBe(new Set(names).size);
  }
});
