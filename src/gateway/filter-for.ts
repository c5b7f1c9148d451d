import { NO_USAGE } from "../core/usage.ts";
import { newTapState } from "../protocols/protocol.ts";
import { type AnswerFilter, passFilter, rawFilter, translatingFilter } from "./answer-filter.ts";
import { shownModel } from "./answer-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { UpstreamAnswer } from "./open-answer.ts";

/** What stands between an answer's stream and its client. */
export function filterFor(exchange: Exchange, answer: UpstreamAnswer): AnswerFilter {
  if (answer.translated) return translatingFilter(answer.translated);
  const tap = newTapState(exchange.head?.wantsUsage ?? true, NO_USAGE);
  if (answer.raw) return rawFilter(tap);
  return passFilter(exchange.codec, tap, shownModel(exchange, answer), exchange.head?.choices);
}
