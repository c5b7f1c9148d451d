import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/core/errors.ts";
import { differences } from "./differences.ts";
import { parseExact } from "./exact-json.ts";
import type { RequestMeaning } from "./meaning.ts";
import { type Pair, pairsOf, targetOf } from "./pairs.ts";
import { REQUEST_READERS } from "./readers/request.ts";
import { changed, type Outcome, type RequestCase } from "./requests/case.ts";
import { REQUEST_CASES } from "./requests/cases.ts";
import { DEFAULT_TARGETS, type TargetName, traitsOf, type UpstreamProtocol } from "./targets.ts";
import { differing, untold } from "./told.ts";
import { type Asked, ask, decodeRequest } from "./translate.ts";

function asked(given: RequestCase, { client, upstream, text }: Pair): Asked {
  return ask(client, text, traitsOf(targetOf(given, upstream)));
}

/** Gemini 3 wants every step of calls signed, and is told so where nobody did (PROTOCOLS.md 1.5c); its elders do not. */
const SAME: Record<UpstreamProtocol, TargetName> = { ...DEFAULT_TARGETS, gemini: "gemini25" };

function refused(given: RequestCase, pair: Pair): GatewayError {
  try {
    asked(given, pair);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

for (const given of REQUEST_CASES) describe(given.name, () => tryCase(given));

function tryCase(given: RequestCase): void {
  for (const pair of pairsOf(given)) {
    const { client, upstream, outcome } = pair;
    if (client === upstream) {
      if (given.self === "unsealed") continue;
      if (given.self === "refused") {
        test(`${client}: refused`, () =>
          expect(() => decodeRequest(client, pair.text)).toThrow(GatewayError));
        continue;
      }
      test(`${client}: written again, the same body`, () => {
        const { body, losses } = ask(client, pair.text, traitsOf(SAME[upstream]));
        expect(differences(unnamed(body), unnamed(pair.text))).toEqual([]);
        expect(losses).toEqual([]);
      });
      continue;
    }
    if (outcome.refused) {
      test(`${client} > ${upstream}: refused`, () => {
        const { kind, param } = refused(given, pair);
        expect<string | undefined>(kind).toBe(outcome.refused);
        expect(param ?? "").toMatch(outcome.param ?? /./);
      });
      continue;
    }
    test(`${client} > ${upstream}`, () => arrives(pair, asked(given, pair)));
  }
}

function arrives({ upstream, said, outcome }: Pair, { body, losses }: Asked): void {
  const expected = changed(said, outcome.becomes);
  const read = REQUEST_READERS[upstream](body);
  expect(differences(read, expected)).toEqual([]);
  const paths = losses.map(({ path }) => path);
  expect(untold(differing(said, expected).filter(isLoud(outcome)), paths)).toEqual([]);
  if (differing(said, expected).length > 0) return;
  const extra = losses.filter(({ action, path }) => action === "dropped" && !outcome.also?.test(path));
  expect(extra).toEqual([]);
}

function isLoud({ quiet = [] }: Outcome): (field: keyof RequestMeaning) => boolean {
  return (field) => quiet !== true && !quiet.includes(field);
}

/** The body as values, without the model's name: the upstream has its own. */
function unnamed(text: string): object {
  const { model: _, ...rest } = parseExact(text) as Record<string, unknown>;
  return rest;
}
