/** What a prompt says whose answer does not end before it is released. */
export const WAIT = "Wait for me.";

/** An upstream of chat streams; those who say WAIT get their end when it is told. */
export interface HeldUpstream {
  readonly url: string;
  /** How many answers have begun and wait for their end. */
  readonly held: number;
  /** Lets all that wait end well. */
  release(): void;
  close(): Promise<void>;
}

const piece = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, ...more }] })}\n\n`;
const OPENING = piece({ role: "assistant", content: "so" });
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const CLOSING = `${piece({}, { finish_reason: "stop" })}data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

export function startHeldUpstream(): HeldUpstream {
  const waiting = new Set<() => void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: async (request) => {
      const waits = (await request.text()).includes(WAIT);
      const stream = new ReadableStream<string>({
        start(controller) {
          controller.enqueue(OPENING);
          const end = () => {
            waiting.delete(end);
            controller.enqueue(CLOSING);
            controller.close();
          };
          if (waits) waiting.add(end);
          else end();
        },
      });
      return new Response(stream.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    get held() {
      return waiting.size;
    },
    release() {
      for (const end of [...waiting]) end();
    },
    close: () => server.stop(true),
  };
}
