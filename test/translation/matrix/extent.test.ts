import { describe, expect, test } from "bun:test";
import { triesOf } from "./answer-tries.ts";
import { ANSWER_CASES } from "./answers/cases.ts";
import { pairsOf } from "./pairs.ts";
import { REQUEST_CASES } from "./requests/cases.ts";
import { CLIENTS, UPSTREAMS } from "./targets.ts";

/** The matrix is as wide as it is said to be: a case that is lost is noticed. */
const REQUESTS_MIN = 60;
const ANSWERS_MIN = 60;

test("there are enough cases, and no two of one name", () => {
  expect(REQUEST_CASES.length).toBeGreaterThanOrEqual(REQUESTS_MIN);
  expect(ANSWER_CASES.length).toBeGreaterThanOrEqual(ANSWERS_MIN);
  for (const cases of [REQUEST_CASES, ANSWER_CASES]) {
    const names = cases.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  }
});

describe("every client meets every upstream", () => {
  const pairs = REQUEST_CASES.flatMap(pairsOf);
  const tries = ANSWER_CASES.flatMap(triesOf);
  for (const client of CLIENTS) {
    for (const upstream of UPSTREAMS) {
      test(`${client} and ${upstream}`, () => {
        const meets = (one: { client: string; upstream: string }) =>
          one.client === client && one.upstream === upstream;
        expect(pairs.filter(meets).length).toBeGreaterThanOrEqual(client === "openai-completions" ? 10 : 60);
        expect(tries.filter(meets).length).toBeGreaterThanOrEqual(30);
      });
    }
  }
});
