import type { Random } from "../simulation/random.ts";

export type Wire = "openai-chat" | "anthropic-messages" | "openai-responses" | "gemini";

/** Tokens in disjoint kinds, named as the charge table names them. */
export type Units = Readonly<Record<string, number>>;

/**
 * How the upstream's answer goes: well · reset: the socket is cut in the middle · event: its protocol's
 * error event in the middle · short: a clean end without the terminal event · refused: a status of 500.
 */
export type Course = "well" | "reset" | "event" | "short" | "refused";

export type ModelName = "steady" | "narrow";

/** One request as the test means it to go; client and upstream both read it, by its number. */
export interface Plan {
  /** Stands in the prompt, so that the upstream knows the request; its input tokens are unique by it. */
  readonly number: number;
  readonly wire: Wire;
  readonly stream: boolean;
  /** Gemini: a JSON array instead of events. */
  readonly array: boolean;
  /** Chat: the client asks for the usage chunk itself. */
  readonly wantsUsage: boolean;
  readonly model: ModelName;
  readonly account: string;
  readonly outputTokensMax: number;
  readonly course: Course;
  /** Pieces of text that the upstream sends, each after a pause. */
  readonly pieces: readonly string[];
  readonly pauseMs: number;
  /** The client closes once it has so many pieces (a stream), or so many milliseconds after it asked. */
  readonly leavesAfter: number | undefined;
  /** What the upstream reports. */
  readonly usage: Units;
}

/** Those of `load-…` have money, `poor` has too little for all that it asks. */
export const ACCOUNTS = ["load-a", "load-b", "load-c", "poor"] as const;

const WIRES = ["openai-chat", "anthropic-messages", "openai-responses", "gemini"] as const;
const COURSES = ["reset", "event", "short", "refused"] as const;
const WORDS = ["keystone ", "arch ", "course of ashlar, ", "rubble ", "a quoin at each corner; "] as const;

/** Output tokens that the narrow model's upstream reports whatever limit it was given. */
const OVERRUN_TOKENS = 4_000;

function usageOf(random: Random, number: number, wire: Wire): Units {
  const output = random.int(1, 120);
  const input = 100 + number;
  if (wire === "anthropic-messages") {
    return {
      input,
      cacheRead: random.int(0, 400),
      cacheWrite5m: random.int(0, 90),
      cacheWrite1h: random.int(0, 60),
      output,
    };
  }
  return { input, cacheRead: random.int(0, 400), output, reasoning: random.int(0, 80) };
}

function leaves(random: Random, stream: boolean, pieces: number): number | undefined {
  if (!random.chance(0.12)) return undefined;
  return stream ? random.int(1, pieces) : random.int(1, 15);
}

/** The next request of a load: any protocol, whole or streamed, most of them going well. */
export function nextPlan(random: Random, number: number): Plan {
  const wire = random.pick(WIRES);
  const narrow = random.chance(0.04);
  const stream = !narrow && random.chance(0.6);
  const pieces = Array.from({ length: random.int(2, 9) }, () => random.pick(WORDS).repeat(random.int(1, 4)));
  const usage = usageOf(random, number, wire);
  return {
    number,
    wire,
    stream,
    array: stream && wire === "gemini" && random.chance(0.4),
    wantsUsage: random.chance(0.5),
    model: narrow ? "narrow" : "steady",
    account: random.chance(0.06) ? "poor" : random.pick(["load-a", "load-b", "load-c"]),
    outputTokensMax: narrow ? 16 : 16_000,
    course: random.chance(0.12) ? random.pick(COURSES) : "well",
    pieces,
    pauseMs: random.int(0, 6),
    leavesAfter: leaves(random, stream, pieces.length),
    usage: narrow ? { input: usage.input ?? 0, output: OVERRUN_TOKENS } : usage,
  };
}

/** A request that goes well and whose client stays. */
export function plainPlan(number: number, wire: Wire, stream: boolean): Plan {
  return {
    number,
    wire,
    stream,
    array: false,
    wantsUsage: true,
    model: "steady",
    account: "load-a",
    outputTokensMax: 16_000,
    course: "well",
    pieces: ["one ", "two ", "three "],
    pauseMs: 1,
    leavesAfter: undefined,
    usage: { input: 100 + number, output: 7 },
  };
}
