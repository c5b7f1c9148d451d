/**
 * What goes between two processes over a channel that keeps order and structure: bigints, bytes, maps and
 * undefined arrive as what they are.
 */
type Message =
  | { readonly kind: "ask"; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly name: string; readonly message: string };

export interface CallsOptions {
  /** Sends one batch to the other end. */
  readonly post: (batch: unknown) => void;
  /** What the other end asks of this one. */
  readonly answer: (name: string, args: readonly unknown[]) => unknown;
}

/** One end of a channel over which both ends ask each other. */
export interface Calls {
  /** @throws an Error with the name and message of what was thrown there, or what `close` was told. */
  ask(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** A batch that came from the other end. */
  take(batch: unknown): void;
  /** The channel is gone: whatever waits for an answer gets `cause`. */
  close(cause: Error): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
}

function faultOf(id: number, thrown: unknown): Message {
  const { name, message } = thrown instanceof Error ? thrown : { name: "Error", message: String(thrown) };
  return { kind: "fault", id, name, message };
}

/** Calls over a channel; what is said in one turn of the loop goes in one batch. */
export function callsOver({ post, answer }: CallsOptions): Calls {
  const waiting = new Map<number, Waiting>();
  let batch: Message[] = [];
  let lastId = 0;
  let closed: Error | undefined;

  function send(message: Message): void {
    if (closed) return;
    batch.push(message);
    if (batch.length > 1) return;
    setImmediate(() => {
      const sent = batch;
      batch = [];
      if (!closed) sendNow(sent);
    });
  }

  function sendNow(sent: readonly Message[]): void {
    try {
      post(sent);
    } catch (cause) {
      close(new Error("the channel does not take what is sent", { cause }));
    }
  }

  function close(cause: Error): void {
    closed ??= cause;
    for (const { reject } of waiting.values()) reject(cause);
    waiting.clear();
  }

  async function reply(id: number, name: string, args: readonly unknown[]): Promise<void> {
    try {
      send({ kind: "answer", id, value: await answer(name, args) });
    } catch (thrown) {
      send(faultOf(id, thrown));
    }
  }

  function takeOne(message: Message): void {
    if (message.kind === "ask") {
      void reply(message.id, message.name, message.args);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "answer") asked?.resolve(message.value);
    else asked?.reject(Object.assign(new Error(message.message), { name: message.name }));
  }

  return {
    ask(name, ...args) {
      if (closed) return Promise.reject(closed);
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      send({ kind: "ask", id, name, args });
      return promise;
    },
    take(taken) {
      // Of an end that has gone: whoever closed the channel has acted on that already.
      if (closed) return;
      for (const message of taken as readonly Message[]) takeOne(message);
    },
    close,
  };
}
