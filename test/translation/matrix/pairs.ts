import { bodyText } from "./bodies.ts";
import type { RequestMeaning } from "./meaning.ts";
import { changed, type Outcome, PLAIN, type RequestCase } from "./requests/case.ts";
import {
  CLIENTS,
  type ClientProtocol,
  DEFAULT_TARGETS,
  type TargetName,
  UPSTREAMS,
  type UpstreamProtocol,
} from "./targets.ts";

export interface Pair {
  readonly client: ClientProtocol;
  readonly upstream: UpstreamProtocol;
  readonly text: string;
  /** What the client's body means. */
  readonly said: RequestMeaning;
  readonly outcome: Outcome;
}

export function pairsOf(given: RequestCase): Pair[] {
  return CLIENTS.flatMap((client) => {
    const body = given.bodies[client];
    if (!body) return [];
    const said = changed(changed(PLAIN, given.meaning), given.from?.[client]);
    return UPSTREAMS.map((upstream) => ({
      client,
      upstream,
      text: bodyText(body),
      said,
      outcome: given.pairs?.[`${client}>${upstream}`] ?? given.at?.[upstream] ?? {},
    }));
  });
}

export function targetOf(given: RequestCase, upstream: UpstreamProtocol): TargetName {
  return given.targets?.[upstream] ?? DEFAULT_TARGETS[upstream];
}
