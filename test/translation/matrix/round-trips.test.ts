import { describe, expect, test } from "bun:test";
import { canonical } from "./canonical.ts";
import type { RequestMeaning } from "./meaning.ts";
import { type Pair, pairsOf, targetOf } from "./pairs.ts";
import { REQUEST_READERS } from "./readers/request.ts";
import type { Outcome, RequestCase } from "./requests/case.ts";
import { REQUEST_CASES } from "./requests/cases.ts";
import { traitsOf, type UpstreamProtocol } from "./targets.ts";
import { differing, untold } from "./told.ts";
import { ask } from "./translate.ts";

/** There and back: what is not what it was must have been told on one of the two ways. */
for (const given of REQUEST_CASES) {
  describe(given.name, () => {
    for (const pair of pairsOf(given)) {
      const { client, upstream, outcome } = pair;
      if (client === "openai-completions" || client === upstream || outcome.refused) continue;
      test(`${client} > ${upstream} > ${client}`, () => returns(given, pair, client));
    }
  });
}

function returns(given: RequestCase, pair: Pair, client: UpstreamProtocol): void {
  const { upstream, said, outcome } = pair;
  const there = ask(client, pair.text, traitsOf(targetOf(given, upstream)));
  const back = ask(upstream, there.body, traitsOf(targetOf(given, client)));
  const [before, after] = [canonical(said), canonical(REQUEST_READERS[client](back.body))];
  const paths = [...there.losses, ...back.losses].map(({ path }) => path);
  const quiet = [outcome, given.pairs?.[`${upstream}>${client}`] ?? given.at?.[client] ?? {}].flatMap(silent);
  const fields = differing(before, after).filter((field) => !quiet.includes(field));
  expect(untold(fields, paths).map((field) => became(field, before, after))).toEqual([]);
}

/** What is changed without a word is named by the case. */
function silent({ quiet = [], becomes = {} }: Outcome): string[] {
  return quiet === true ? Object.keys(becomes) : [...quiet];
}

function became(field: keyof RequestMeaning, before: RequestMeaning, after: RequestMeaning): string {
  return `${field}: ${JSON.stringify(before[field])} became ${JSON.stringify(after[field])}`;
}
