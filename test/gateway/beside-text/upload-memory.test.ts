/**
 * A hundred uploads of 20 MB: they lie on the disk, not in memory. What there is in memory are the pieces that Bun
 * reads ahead of us, some 4 MB for each that runs, whatever its size and however many there were before.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { FORM_TYPE, formOf } from "../../support/beside-text.ts";
import { type SlowUpstream, startSlowUpstream } from "../../support/slow-upstream.ts";

const UPLOADS = 100;
const AT_ONCE = 20;
const FILE_BYTES = 20_000_000;
/** What the process may take for them beyond what it has: an eighth of what they are. */
const GROWTH_BYTES_MAX = 250_000_000;
const TEST_MS_MAX = 60_000;

const form = formOf([
  ["model", "ear"],
  ["file", "", "a.wav"],
]);
const fileAt = form.lastIndexOf("\r\n--");
const PIECE = Buffer.alloc(250_000, 1);

interface Served {
  readonly port: number;
  readonly key: string;
}

let upstream: SlowUpstream;
let child: Bun.Subprocess<"pipe", "pipe", "inherit">;
let served: Served;

beforeAll(async () => {
  upstream = await startSlowUpstream();
  const script = join(import.meta.dir, "serve-uploads.ts");
  const env = { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "65336" };
  child = Bun.spawn([process.execPath, script, upstream.url], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env,
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  served = JSON.parse(new TextDecoder().decode(value)) as Served;
}, TEST_MS_MAX);
afterAll(async () => {
  child.stdin.end();
  expect(await child.exited).toBe(0);
  await upstream.close();
}, TEST_MS_MAX);

/** Bytes that the process has in memory now, and had at the most. */
function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return { now: kib("VmRSS") * 1024, most: kib("VmHWM") * 1024 };
}

/** Sends a form of which no more is in memory than one piece, as fast as it is taken; resolves with the answer. */
function upload({ port, key }: Served): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let left = FILE_BYTES / PIECE.length;
  let answer = "";
  function push(): void {
    while (left > 0) {
      left--;
      if (!socket.write(PIECE)) return;
    }
    if (left === 0) {
      left = -1;
      socket.write(form.subarray(fileAt));
    }
  }
  socket.on("drain", push);
  socket.on("error", reject);
  socket.on("data", (bytes) => {
    answer += bytes.toString("latin1");
    if (!answer.includes("\r\n\r\n") || !answer.includes("}")) return;
    socket.destroy();
    resolve(answer.slice(0, 12));
  });
  socket.on("connect", () => {
    const length = form.length + FILE_BYTES;
    socket.write(
      `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-type: ${FORM_TYPE}\r\ncontent-length: ${length}\r\n\r\n`,
    );
    socket.write(form.subarray(0, fileAt));
    push();
  });
  return promise;
}

test.skipIf(!existsSync("/proc/self/status"))(
  "memory stays flat",
  async () => {
    expect(await upload(served)).toBe("HTTP/1.1 200");
    const before = memoryOf(child.pid).now;
    let left = UPLOADS;
    const answers: string[] = [];
    const sendOnAndOn = async () => {
      while (left-- > 0) answers.push(await upload(served));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOnAndOn));
    expect(answers.filter((answer) => answer !== "HTTP/1.1 200")).toEqual([]);
    expect(upstream.whole()).toBe(UPLOADS + 1);
    expect(memoryOf(child.pid).most - before).toBeLessThan(GROWTH_BYTES_MAX);
  },
  TEST_MS_MAX,
);
