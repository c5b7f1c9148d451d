import type { Asked, PlaygroundProtocol } from "./protocols/protocol.ts";
import { wordAt } from "./protocols/protocol.ts";
import type { Piece } from "./turns.ts";

/** What is known of an answer from its head on. */
export interface AnswerHead {
  readonly requestId: string | null;
  /** What was changed or could not be told to the target, as the gateway names it. */
  readonly warnings: string | null;
}

async function complaintOf(answer: Response): Promise<Error> {
  const text = await answer.text();
  try {
    return new Error(wordAt(JSON.parse(text), "error", "message") || text);
  } catch {
    return new Error(text || `HTTP ${answer.status}`);
  }
}

/** The events of a stream of server-sent events, each as its JSON. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const payload = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (payload !== "" && payload !== "[DONE]") yield JSON.parse(payload);
    }
  }
}

/** An error that comes in mid-stream, in the protocol's own shape. */
function errorIn(event: unknown): string {
  const own = wordAt(event, "type") === "error" ? wordAt(event, "message") : "";
  return wordAt(event, "error", "message") || wordAt(event, "response", "error", "message") || own;
}

interface StreamCall {
  readonly protocol: PlaygroundProtocol;
  readonly asked: Asked;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onHead: (head: AnswerHead) => void;
  readonly onPiece: (piece: Piece) => void;
  /** Where the gateway is; the page's own origin unless told. */
  readonly origin?: string;
}

/** Asks the gateway as any client would, and gives out what comes. @throws Error in the gateway's words */
export async function streamAnswer(call: StreamCall): Promise<void> {
  const { protocol, asked, key, signal, origin = "" } = call;
  const { path, headers, body } = protocol.ask(asked);
  const answer = await fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers(key) },
    body: JSON.stringify(body),
    credentials: "omit",
    signal,
  });
  const { headers: told } = answer;
  call.onHead({ requestId: told.get("x-request-id"), warnings: told.get("x-quoin-warnings") });
  if (!answer.ok || !answer.body) throw await complaintOf(answer);
  for await (const event of eventsOf(answer.body)) {
    const complaint = errorIn(event);
    if (complaint) throw new Error(complaint);
    for (const piece of protocol.read(event)) call.onPiece(piece);
  }
}
