/**
 * Opens many streams and keeps them open: the load of the idle scenario. Each has had its first event before
 * they count as held; what comes later is read and dropped.
 *
 * Argument: a HoldPlan as JSON. Prints `held N` once all are open, and `lost WHY` for each that ends early.
 * Closes them all and ends when its standard input closes.
 */
import { endWithParent } from "./child-end.ts";

/** What `hold-streams.ts` is told to do. */
export type HoldPlan = {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly key: string | undefined;
  readonly streams: number;
};

/** Streams being opened at one time: below every server's accept backlog. */
const OPENING_MAX = 100;
const FIRST_EVENT = "\n\n";
const OPENING_LIMIT_MS = 20_000;

function openOne(plan: HoldPlan, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error("no first event within 20 s")), OPENING_LIMIT_MS);
    let held = false;
    let first = "";
    const lose = (why: string): void => {
      if (held) console.log(`lost ${why}`);
      clearTimeout(tooLate);
      reject(new Error(why));
    };
    Bun.connect({
      hostname: "127.0.0.1",
      port: plan.port,
      socket: {
        open: (socket) => void socket.write(request),
        data(_socket, bytes) {
          if (held) return;
          first += bytes.toString("latin1");
          if (!first.startsWith("HTTP/1.1 200")) return lose(first.slice(0, 300).replaceAll("\r\n", " "));
          if (!first.includes(FIRST_EVENT)) return;
          held = true;
          first = "";
          clearTimeout(tooLate);
          resolve();
        },
        close: () => lose("closed by the target"),
        error: (_socket, cause) => lose(cause.message),
      },
    }).catch((cause: Error) => lose(cause.message));
  });
}

async function hold(plan: HoldPlan): Promise<void> {
  const lines = [
    `POST ${plan.path} HTTP/1.1`,
    `host: 127.0.0.1:${plan.port}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(plan.body)}`,
    ...(plan.key === undefined ? [] : [`authorization: Bearer ${plan.key}`]),
  ];
  const request = Buffer.from(`${lines.join("\r\n")}\r\n\r\n${plan.body}`);
  let held = 0;
  while (held < plan.streams) {
    const batch = Math.min(OPENING_MAX, plan.streams - held);
    await Promise.all(Array.from({ length: batch }, () => openOne(plan, request)));
    held += batch;
  }
  console.log(`held ${held}`);
}

if (import.meta.main) {
  endWithParent();
  await hold(JSON.parse(process.argv[2] ?? "{}")).catch((cause: Error) => {
    console.log(`failed ${cause.message}`);
    process.exit(1);
  });
}
