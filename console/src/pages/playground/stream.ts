import type { Asked, PlaygroundProtocol } from "./protocols.ts";

/** What was learnt from an answer besides its text. */
export interface AnswerFacts {
  readonly firstMs: number | undefined;
  readonly tookMs: number;
  readonly requestId: string | null;
  /** What was changed or could not be told to the target, as the gateway names it. */
  readonly warnings: string | null;
}

async function complaintOf(answer: Response): Promise<Error> {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return new Error(error?.message ?? text);
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
function errorIn(event: unknown): string | undefined {
  if (typeof event !== "object" || event === null) return undefined;
  const { error } = event as { error?: { message?: unknown } | null };
  return error ? String(error.message ?? "error") : undefined;
}

interface StreamCall {
  readonly protocol: PlaygroundProtocol;
  readonly asked: Asked;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onText: (piece: string) => void;
}

/** Asks the gateway as any client would, and gives the text out as it comes. @throws Error in the gateway's words */
export async function streamAnswer({
  protocol,
  asked,
  key,
  signal,
  onText,
}: StreamCall): Promise<AnswerFacts> {
  const { path, headers, body } = protocol.ask(asked);
  const start = performance.now();
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers(key) },
    body: JSON.stringify(body),
    credentials: "omit",
    signal,
  });
  if (!answer.ok || !answer.body) throw await complaintOf(answer);
  let firstMs: number | undefined;
  for await (const event of eventsOf(answer.body)) {
    const complaint = errorIn(event);
    if (complaint) throw new Error(complaint);
    const piece = protocol.textOf(event);
    if (piece === "") continue;
    firstMs ??= performance.now() - start;
    onText(piece);
  }
  return {
    firstMs,
    tookMs: performance.now() - start,
    requestId: answer.headers.get("x-request-id"),
    warnings: answer.headers.get("x-quoin-warnings"),
  };
}
