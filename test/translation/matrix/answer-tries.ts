import { askText } from "./answers/asks.ts";
import type { AnswerCase } from "./answers/case.ts";
import type { Wire } from "./answers/sse.ts";
import {
  CLIENTS,
  type ClientProtocol,
  DEFAULT_TARGETS,
  traitsOf,
  UPSTREAMS,
  type UpstreamProtocol,
} from "./targets.ts";
import { type Asked, ask } from "./translate.ts";

/** One answer of one upstream to one client. */
export interface AnswerTry {
  readonly given: AnswerCase;
  readonly upstream: UpstreamProtocol;
  readonly client: ClientProtocol;
  readonly wire: Wire;
  ask(streamed: boolean): Asked;
}

export function triesOf(given: AnswerCase): AnswerTry[] {
  return UPSTREAMS.flatMap((upstream) => {
    const wire = given.from[upstream];
    return wire ? CLIENTS.flatMap((client) => tryOf(given, upstream, client, wire)) : [];
  });
}

function tryOf(
  given: AnswerCase,
  upstream: UpstreamProtocol,
  client: ClientProtocol,
  wire: Wire,
): AnswerTry[] {
  const name = given.ask ?? "open";
  // Between peers of one protocol bytes pass, but where a body held state of ours.
  if (askText(name, client, false) === undefined) return [];
  const traits = traitsOf(given.targets?.[upstream] ?? DEFAULT_TARGETS[upstream]);
  return [
    {
      given,
      upstream,
      client,
      wire,
      ask: (streamed) => ask(client, askText(name, client, streamed) ?? "", traits, streamed),
    },
  ];
}
