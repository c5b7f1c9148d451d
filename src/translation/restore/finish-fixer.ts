import { GatewayError } from "../../core/errors.ts";
import type { FinishReason, StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter, Parts } from "../part-filter.ts";

interface FinishState {
  /** Choices that began, and whether they called a tool. */
  readonly called: Map<number, boolean>;
  /** What the upstream said last, of choices that were not told yet. */
  readonly said: Map<number, FinishReason>;
  readonly told: Set<number>;
}

/**
 * Exactly one finish for each choice, the last that the upstream gave, and true about calls: a stop after a
 * call is `tool`, `tool` without a call is a stop. Limits, filters and refusals stay what they are. A
 * finish waits for the usage or the end behind it, since older Geminis give one with every chunk.
 */
export function finishFixer(): PartFilter {
  const state: FinishState = { called: new Map(), said: new Map(), told: new Set() };
  return { take: (part) => take(state, part) };
}

function take(state: FinishState, part: StreamPart): Parts {
  switch (part.type) {
    case "open":
      state.called.set(part.choice, part.part.kind === "call" || (state.called.get(part.choice) ?? false));
      return part;
    case "finish":
      if (FAILURES.has(part.reason.unified)) return failed(part.reason);
      if (!state.told.has(part.choice)) state.said.set(part.choice, part.reason);
      return [];
    case "usage":
      return [...tell(state), part];
    case "end":
      for (const choice of state.called.keys()) {
        if (!state.told.has(choice) && !state.said.has(choice)) state.said.set(choice, UNSAID);
      }
      return [...tell(state), part];
    default:
      return part;
  }
}

/** Ends that are none: what the model made cannot be used, so it is not charged either. */
const FAILURES: ReadonlySet<FinishReason["unified"]> = new Set<FinishReason["unified"]>([
  "malformed_tool",
  "error",
]);

function failed({ unified, raw }: FinishReason): StreamPart {
  const what = unified === "malformed_tool" ? "called a tool in a way that cannot be read" : "failed";
  const said = raw === "" ? "" : ` (${raw.slice(0, 80)})`;
  const message = `The model ${what} while answering${said}; try again.`;
  return { type: "fail", error: new GatewayError("upstream_error", message) };
}

/** An upstream that ended well and forgot to say why. */
const UNSAID: FinishReason = { unified: "stop", raw: "" };

function tell(state: FinishState): readonly StreamPart[] {
  if (state.said.size === 0) return [];
  const parts = [...state.said].map(([choice, reason]): StreamPart => {
    state.told.add(choice);
    return { type: "finish", choice, reason: fix(reason, state.called.get(choice) ?? false) };
  });
  state.said.clear();
  return parts;
}

function fix(reason: FinishReason, called: boolean): FinishReason {
  if (called && reason.unified === "stop") return { ...reason, unified: "tool" };
  if (!called && reason.unified === "tool") return { ...reason, unified: "stop" };
  return reason;
}
