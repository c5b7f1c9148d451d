import type { RequestRecord } from "../../core/request-record.ts";
import type { RequestFilter } from "../../history/search.ts";
import type { HttpDeps } from "./deps.ts";

/** Proxies close what is silent, and Bun what has been silent for a minute. */
const PING_EVERY_MS = 15_000;
/** Then the browser asks again, and whoever may no longer see this is refused. */
const LASTS_MS = 600_000;
/** A reader that is so far behind is let go rather than kept in memory. */
const BEHIND_BYTES_MAX = 4_000_000;

const eventOf = (id: string, told: object): string =>
  `event: request\nid: ${id}\ndata: ${JSON.stringify(told)}\n\n`;

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
        let group: RequestRecord[] = [];
        let isOver = false;
        function sendGroup(): void {
          const records = group;
          group = [];
          if (isOver) return;
          send(records.map((record) => eventOf(record.id, view(record))).join(""));
          if ((controller.desiredSize ?? 0) < -BEHIND_BYTES_MAX) end();
        }
        // Records come in groups: one write for each, and not one for each record.
        const unsubscribe = control.tail.subscribe(filter, (record) => {
          if (group.push(record) === 1) queueMicrotask(sendGroup);
        });
        const ping = setInterval(() => send(": ping\n\n"), PING_EVERY_MS);
        const last = setTimeout(end, LASTS_MS);
        stop = () => {
          isOver = true;
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
    new ByteLengthQueuingStrategy({ highWaterMark: 1 }),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
}
