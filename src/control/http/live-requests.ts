import type { RequestRecord } from "../../core/request-record.ts";
import type { RequestFilter } from "../../history/search.ts";
import type { HttpDeps } from "./deps.ts";

/** Proxies close what is silent, and Bun what has been silent for a minute. */
const PING_EVERY_MS = 15_000;
/** Then the browser asks again, and whoever may no longer see this is refused. */
const LASTS_MS = 600_000;
/** A reader that is so far behind is let go rather than kept in memory. */
const BEHIND_MAX = 1_000;

/** Requests as they end, as server-sent events named `request`; comments keep the line open. */
export function liveRequests(
  { control, closing }: HttpDeps,
  filter: RequestFilter,
  view: (record: RequestRecord) => object,
): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        const unsubscribe = control.tail.subscribe(filter, (record) => {
          send(`event: request\nid: ${record.id}\ndata: ${JSON.stringify(view(record))}\n\n`);
          if ((controller.desiredSize ?? 0) < -BEHIND_MAX) end();
        });
        const ping = setInterval(() => send(": ping\n\n"), PING_EVERY_MS);
        const last = setTimeout(end, LASTS_MS);
        stop = () => {
          unsubscribe();
          clearInterval(ping);
          clearTimeout(last);
          closing.removeEventListener("abort", end);
        };
        function end(): void {
          stop();
          controller.close();
        }
        closing.addEventListener("abort", end, { once: true });
        send("retry: 2000\n\n");
      },
      cancel: () => stop(),
    },
    new CountQueuingStrategy({ highWaterMark: 1 }),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
}
