import type { RawIndex } from "../base/raw-json.ts";
import type { SseEvent } from "../base/sse.ts";
import { GatewayError } from "../core/errors.ts";
import type { StreamPart } from "../core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { NO_USAGE, type Usage } from "../core/usage.ts";
import { newTapState, type TapState } from "../protocols/protocol.ts";
import type {
  AnswerDecodeContext,
  AnswerDecoder,
  AnswerEncoder,
  ClientCodec,
  Grammar,
  UpstreamCodec,
  WireEvent,
} from "../protocols/translation.ts";
import { type PartFilter, runFilters } from "./part-filter.ts";
import type { CallSignature } from "./restore/keep-signatures.ts";

/** beginning: nothing of the answer itself yet · answering · ended: the end is known, its events wait · failed. */
export type TranslationPhase = "beginning" | "answering" | "ended" | "failed";

/** An answer on its way from an upstream's protocol into the client's. One explicit state. */
export interface AnswerTranslator {
  readonly upstream: UpstreamCodec;
  readonly client: ClientCodec;
  readonly decodeContext: AnswerDecodeContext;
  readonly decoder: AnswerDecoder;
  readonly filters: readonly PartFilter[];
  readonly encoder: AnswerEncoder;
  readonly grammar: Grammar;
  /** What the charge needs. */
  readonly tap: TapState;
  /** Opaque state by the call it belongs to, for clients that drop it; complete when the answer has ended. */
  readonly signatures: readonly CallSignature[];
  /** Whether a filter ended the answer while the upstream would go on (a stop sequence of ours). */
  cutShort(): boolean;
  /** The choice of every part that is open, by its index, and all choices that began. */
  readonly open: Map<number, number>;
  readonly choices: Set<number>;
  phase: TranslationPhase;
  /** Set with `failed`: what the upstream said. */
  failure: GatewayError | undefined;
  /** The client's stream says already that the answer failed. */
  told: boolean;
}

/** What one answer's translator is made of. */
export type TranslatorParts = Pick<
  AnswerTranslator,
  "upstream" | "client" | "decodeContext" | "filters" | "signatures" | "encoder" | "grammar" | "cutShort"
>;

export function newAnswerTranslator(parts: TranslatorParts): AnswerTranslator {
  return {
    ...parts,
    decoder: parts.upstream.openDecoder(parts.decodeContext),
    tap: newTapState(true, NO_USAGE),
    open: new Map(),
    choices: new Set(),
    phase: "beginning",
    failure: undefined,
    told: false,
  };
}

/** Events that may go at once, and those that wait for the charge. */
export interface Translated {
  readonly now: readonly WireEvent[];
  readonly held: readonly WireEvent[];
}

type Meter = {
  readonly [Type in StreamPart["type"]]?: (tap: TapState, part: Extract<StreamPart, { type: Type }>) => void;
};

const METER: Meter = {
  start(tap, part) {
    tap.answerId = part.id;
    if (part.usage) tap.usage = part.usage;
  },
  text(tap, part) {
    tap.textBytes += Buffer.byteLength(part.text);
  },
  input(tap, part) {
    tap.textBytes += Buffer.byteLength(part.text);
  },
  usage(tap, part) {
    tap.usage = part.usage;
    tap.source = "reported";
  },
};

/** What would have to be closed if the answer ended here. */
function follow({ open, choices }: AnswerTranslator, part: StreamPart): void {
  if (part.type === "open") {
    open.set(part.index, part.choice);
    choices.add(part.choice);
  } else if (part.type === "close") open.delete(part.index);
}

/** Before the filters: what they keep from the client (thinking, what follows a stop) the upstream made all the same. */
function meter(tap: TapState, part: StreamPart): void {
  const read = METER[part.type] as ((tap: TapState, part: StreamPart) => void) | undefined;
  read?.(tap, part);
}

/** Parts that say only that an answer is coming: an upstream may still fail behind them. */
const PRELUDE: ReadonlySet<StreamPart["type"]> = new Set<StreamPart["type"]>(["start", "ping", "usage"]);

function checked(translator: AnswerTranslator, events: readonly WireEvent[]): readonly WireEvent[] {
  for (const event of events) {
    const wrong = translator.grammar.check(event);
    if (wrong !== undefined) throw brokenGrammar(wrong);
  }
  return events;
}

/** A mistake of ours: the client's SDK would misread the answer, so it gets an error instead. */
function brokenGrammar(wrong: string): GatewayError {
  const message = "The gateway could not put this answer into the client's protocol; its log says why.";
  return new GatewayError("internal", message, { cause: new Error(`grammar: ${wrong}`) });
}

const UNUSABLE =
  "The upstream of this model answered with something that the client could not use; try again.";

/** An encoder that finds at the end that there is no answer says so in its protocol's failure. */
function isFailure({ data }: WireEvent): boolean {
  return data !== "[DONE]" && (data.type === "response.failed" || asObject(data.error) !== undefined);
}

/** Takes one filtered part on. Answers false when nothing may follow. */
function takePart(
  translator: AnswerTranslator,
  part: StreamPart,
  now: WireEvent[],
  held: WireEvent[],
): boolean {
  if (part.type === "fail") {
    translator.phase = "failed";
    translator.failure = part.error;
    return false;
  }
  if (translator.phase === "beginning" && !PRELUDE.has(part.type)) translator.phase = "answering";
  const events = checked(translator, translator.encoder.encode(part));
  if (part.type !== "end") {
    for (const event of events) now.push(event);
    return true;
  }
  translator.tap.finished = true;
  if (events.some(isFailure)) {
    translator.phase = "failed";
    translator.failure = new GatewayError("upstream_error", UNUSABLE);
    translator.told = true;
    now.push(...events);
    return false;
  }
  translator.phase = "ended";
  held.push(...events);
  const missing = translator.grammar.end();
  if (missing !== undefined) throw brokenGrammar(missing);
  return false;
}

/** What follows `end` or `fail` is nobody's any more. */
function takeParts(translator: AnswerTranslator, parts: readonly StreamPart[]): Translated {
  const now: WireEvent[] = [];
  const held: WireEvent[] = [];
  if (translator.phase === "ended" || translator.phase === "failed") return { now, held };
  for (const part of parts) {
    meter(translator.tap, part);
    follow(translator, part);
    for (const filtered of runFilters(translator.filters, part)) {
      if (!takePart(translator, filtered, now, held)) return { now, held };
    }
  }
  return { now, held };
}

/** One event of the upstream's stream. */
export function translateEvent(translator: AnswerTranslator, event: SseEvent): Translated {
  return takeParts(translator, translator.decoder.decode(event));
}

/** The upstream closed its stream. */
export function translateEnd(translator: AnswerTranslator): Translated {
  return takeParts(translator, translator.decoder.end());
}

const AT_LIMIT = { unified: "length", raw: "length" } as const;

/** The answer ends here, as one does that has met its output limit. @param usage as it is charged */
export function translateLimit(translator: AnswerTranslator, usage: Usage): Translated {
  const closes = [...translator.open.keys()].map((index) => ({ type: "close" as const, index }));
  const finishes = [...translator.choices].map((choice) => ({
    type: "finish" as const,
    choice,
    reason: AT_LIMIT,
  }));
  return takeParts(translator, [...closes, ...finishes, { type: "usage", usage }, { type: "end" }]);
}

const HALF = "The upstream of this model answered with half an answer; try again.";

/**
 * A whole answer, as the events that the client's stream would have had.
 * @throws GatewayError what the upstream said, when its answer is a failure.
 */
export function translateParts(translator: AnswerTranslator, answer: JsonObject, raw: RawIndex): Translated {
  const parts = translator.upstream.decodeWhole(answer, raw, translator.decodeContext);
  const translated = takeParts(translator, parts);
  if (translator.failure) throw translator.failure;
  if (translator.phase !== "ended") throw new GatewayError("upstream_error", HALF);
  return translated;
}

/**
 * A whole answer, in the client's protocol.
 * @throws GatewayError what the upstream said, when its answer is a failure.
 */
export function translateWhole(translator: AnswerTranslator, answer: JsonObject, raw: RawIndex): JsonObject {
  const { now, held } = translateParts(translator, answer, raw);
  return translator.client.fold([...now, ...held]);
}
