import { feedAnswer, type HttpAnswer, newHttpAnswer } from "./http-answer.ts";
import type { Plan } from "./plan.ts";
import { pathOf, readSign, requestBody } from "./wire.ts";

/**
 * finished: the terminator, or the whole body, was seen · told: an error in words was seen ·
 * cut: the connection ended before either · left: the client itself closed before either.
 */
export type ClientEnd = "finished" | "told" | "cut" | "left";

/** What one client saw of its request. */
export interface Seen {
  readonly plan: Plan;
  readonly bodyBytes: number;
  /** From `x-request-id`; undefined when no head came. */
  id: string | undefined;
  status: number | undefined;
  end: ClientEnd | undefined;
  pieces: number;
  textBytes: number;
  /** What came, for reports. */
  body: string;
}

export interface Gateway {
  readonly port: number;
  readonly keys: ReadonlyMap<string, string>;
}

interface Asking {
  readonly seen: Seen;
  readonly answer: HttpAnswer;
  /** How much of the body was read for signs. */
  read: number;
}

function requestText(plan: Plan, key: string, body: string): string {
  const headers = [
    `POST ${pathOf(plan)} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Bearer ${key}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${headers.join("\r\n")}\r\n\r\n${body}`;
}

/** The data of the events that are whole; `read` moves behind them. */
function takeEvents(asking: Asking): string[] {
  const { body } = asking.answer;
  const { array } = asking.seen.plan;
  const boundary = array ? /,\r\n|\]\r\n/g : /\r?\n\r?\n/g;
  const found: string[] = [];
  boundary.lastIndex = asking.read;
  for (let match = boundary.exec(body); match; match = boundary.exec(body)) {
    const event = body.slice(asking.read, match.index);
    asking.read = boundary.lastIndex;
    const text = array ? event.replace(/^\[/, "") : (/^data: ?(.*)$/m.exec(event)?.[1] ?? "");
    if (text !== "") found.push(text);
  }
  // An array's last element stands alone until the next one or the end comes; its text is whole before.
  const tail = array ? body.slice(asking.read).replace(/^\[/, "") : "";
  if (tail.startsWith("{") && isJson(tail)) {
    found.push(tail);
    asking.read = body.length;
  }
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not whole yet.
    return false;
  }
}

function readStream(asking: Asking): void {
  const { seen } = asking;
  for (const event of takeEvents(asking)) {
    const sign = readSign(event);
    if (sign.kind === "text") {
      seen.pieces++;
      seen.textBytes += sign.text.length;
    } else if (sign.kind !== "other") {
      seen.end ??= sign.kind === "end" ? "finished" : "told";
    }
  }
}

function readOn(asking: Asking): void {
  const { answer, seen } = asking;
  seen.status = answer.status;
  seen.id ??= answer.headers.get("x-request-id")?.replace(/^req_/, "");
  seen.body = answer.body;
  if (answer.status === 200 && seen.plan.stream) readStream(asking);
  else if (answer.complete) seen.end ??= answer.status === 200 ? "finished" : "told";
}

function wantsToLeave({ plan, pieces, end }: Seen): boolean {
  return plan.stream && end === undefined && plan.leavesAfter !== undefined && pieces >= plan.leavesAfter;
}

/**
 * Makes one request on a connection of its own; resolves, with what it saw, when that is closed.
 * @param reading when the client begins to read; at once without it
 */
export function ask(gateway: Gateway, plan: Plan, reading?: Promise<void>): Promise<Seen> {
  const body = requestBody(plan);
  const seen: Seen = {
    plan,
    bodyBytes: Buffer.byteLength(body),
    id: undefined,
    status: undefined,
    end: undefined,
    pieces: 0,
    textBytes: 0,
    body: "",
  };
  const asking: Asking = { seen, answer: newHttpAnswer(), read: 0 };
  const { promise, resolve } = Promise.withResolvers<Seen>();
  let patience: Timer | undefined;
  const closed = () => {
    clearTimeout(patience);
    seen.end ??= "cut";
    resolve(seen);
  };
  const leave = (socket: Bun.Socket) => {
    seen.end ??= "left";
    socket.terminate();
    closed();
  };
  Bun.connect({
    hostname: "127.0.0.1",
    port: gateway.port,
    socket: {
      open(socket) {
        socket.write(requestText(plan, gateway.keys.get(plan.account) ?? "", body));
        if (reading) {
          socket.pause();
          void reading.then(() => socket.resume());
        }
        if (!plan.stream && plan.leavesAfter !== undefined) {
          patience = setTimeout(() => leave(socket), plan.leavesAfter);
        }
      },
      data(socket, bytes) {
        feedAnswer(asking.answer, bytes);
        readOn(asking);
        if (wantsToLeave(seen)) leave(socket);
        else if (asking.answer.complete) socket.end();
      },
      close: closed,
      error: closed,
    },
  }).catch(closed);
  return promise;
}

type Timer = ReturnType<typeof setTimeout>;
