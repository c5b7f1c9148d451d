import type { Awaitable } from "../../base/awaitable.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { RequestFilter } from "../../history/search.ts";
import type { HttpDeps } from "./deps.ts";

/** Proxies close what is silent, and Bun what has been silent for a minute. */
const PING_EVERY_MS = 15_000;
/** Then the browser asks again, and whoever may no longer see this is refused. */
const LASTS_MS = 600_000;
/** A reader that is so far behind is let go rather than kept in memory. */
const BEHIND_BYTES_MAX = 4_000_000;

/** Records that wait for what is told beside them, such as names of accounts. */
const WAITING_MAX = 10_000;

interface Event {
  readonly id: string;
}

const eventOf = (told: Event): string => `event: request\nid: ${told.id}\ndata: ${JSON.stringify(told)}\n\n`;

/** Requests as they end, as server-sent events named `request`; comments keep the line open. */
export function liveRequests(
  { control, closing, log }: HttpDeps,
  filter: RequestFilter,
  views: (records: readonly RequestRecord[]) => Awaitable<readonly Event[]>,
): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        const group: RequestRecord[] = [];
        let isOver = false;
        let isSending = false;
        // Records come in groups: one write for each, and not one for each record.
        async function sendGroups(): Promise<void> {
          while (group.length > 0) {
            const told = views(group.splice(0));
            const events = told instanceof Promise ? await told : told;
            if (isOver) return;
            send(events.map(eventOf).join(""));
            if ((controller.desiredSize ?? 0) < -BEHIND_BYTES_MAX) return end();
          }
          isSending = false;
        }
        function fail(cause: unknown): void {
          log("warn", "requests could not be told as they end; whoever reads asks again", {
            cause: String(cause),
          });
          if (!isOver) end();
        }
        const unsubscribe = control.tail.subscribe(filter, (record) => {
          if (group.push(record) > WAITING_MAX) return end();
          if (isSending) return;
          isSending = true;
          queueMicrotask(() => void sendGroups().catch(fail));
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
