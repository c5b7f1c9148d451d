/**
 * The yardstick: a bare relay on Bun. It parses the JSON body, forwards it by `fetch`, reads `usage` from the
 * answer, and does nothing else: no key, no limit, no ledger, no record. What a gateway on this runtime
 * cannot avoid is in it, and nothing more.
 *
 * Environment: BENCH_UPSTREAM (its base URL with the version, as an SDK expects it), BENCH_PORT (0 = any).
 * Prints `listening PORT`, and ends when its standard input closes.
 */
import { endWithParent } from "./child-end.ts";

const CONTENT_TYPE_JSON = { "content-type": "application/json" };
const USAGE_FIELD = Buffer.from('"usage"');
const upstreamUrl = `${process.env.BENCH_UPSTREAM}/chat/completions`;

/** Read and kept, as any gateway must, though nothing asks for it here. */
const seen = { tokens: 0 };

function readUsage(answer: unknown): void {
  if (typeof answer !== "object" || answer === null || !("usage" in answer)) return;
  const usage = answer.usage;
  if (typeof usage !== "object" || usage === null || !("total_tokens" in usage)) return;
  seen.tokens += Number(usage.total_tokens);
}

/** Reads the usage of a stream's chunk that is known to hold the field; an event cut in two is not looked for. */
function readUsageOfEvents(bytes: Buffer): void {
  for (const line of bytes.toString("latin1").split("\n")) {
    if (line.startsWith("data: {") && line.endsWith("}") && line.includes('"usage"'))
      readUsage(JSON.parse(line.slice(6)));
  }
}

/** A "direct" stream: measured against a pull source, an async generator and `readMany`, none was cheaper. */
function relayEvents(body: ReadableStream<Uint8Array>): ReadableStream {
  const reader = body.getReader();
  return new ReadableStream({
    type: "direct",
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        if (bytes.indexOf(USAGE_FIELD) >= 0) readUsageOfEvents(bytes);
        controller.write(value);
        await controller.flush();
      }
      controller.close();
    },
    // A client that left needs no answer, and a reader that fails to cancel has already ended.
    cancel: () => reader.cancel().catch(() => undefined),
  });
}

async function relay(request: Request): Promise<Response> {
  const text = await request.text();
  const asked: { stream?: boolean } = JSON.parse(text);
  const answer = await fetch(upstreamUrl, {
    method: "POST",
    headers: CONTENT_TYPE_JSON,
    body: text,
    decompress: false,
  });
  if (asked.stream === true && answer.body !== null) {
    return new Response(relayEvents(answer.body), {
      headers: { "content-type": "text/event-stream" },
    });
  }
  const answerText = await answer.text();
  readUsage(JSON.parse(answerText));
  return new Response(answerText, {
    status: answer.status,
    headers: CONTENT_TYPE_JSON,
  });
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.BENCH_PORT ?? 0),
  idleTimeout: 0,
  fetch: relay,
  error: (fault) => new Response(fault.message, { status: 502 }),
});
console.log(`listening ${server.port}`);
endWithParent();
