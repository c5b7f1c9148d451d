import { expect, test } from "bun:test";
import { streamFrames } from "../../../src/providers/demo/event-stream.ts";

const SLOW_MS = 20;

/** Frames without an end, and how far a reader has taken them. */
function endless() {
  const seen = { made: 0, isOver: false };
  function* frames(): Generator<string> {
    try {
      for (;;) yield `frame ${++seen.made}\n`;
    } finally {
      seen.isOver = true;
    }
  }
  return { seen, frames: frames() };
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("a frame is made when the reader wants one, not before", async () => {
  const { seen, frames } = endless();
  const reader = streamFrames(frames, 0, new AbortController().signal).getReader();
  expect(seen.made).toBe(0);
  expect(textOf((await reader.read()).value)).toBe("frame 1\n");
  expect(textOf((await reader.read()).value)).toBe("frame 2\n");
  expect(seen).toEqual({ made: 2, isOver: false });
  await reader.cancel();
  expect(seen).toEqual({ made: 2, isOver: true });
});

test("an abort between reads stops the frames and gives its reason", async () => {
  const { seen, frames } = endless();
  const client = new AbortController();
  const reader = streamFrames(frames, 0, client.signal).getReader();
  await reader.read();
  client.abort(new Error("the client left"));
  expect(seen).toEqual({ made: 1, isOver: true });
  await expect(reader.read()).rejects.toThrow("the client left");
});

test("an abort during a pause stops the frames at once", async () => {
  const { seen, frames } = endless();
  const client = new AbortController();
  const reader = streamFrames(frames, SLOW_MS, client.signal).getReader();
  await reader.read();
  const waiting = reader.read();
  client.abort(new Error("the client left"));
  await expect(waiting).rejects.toThrow("the client left");
  await Bun.sleep(SLOW_MS);
  expect(seen).toEqual({ made: 1, isOver: true });
});

test("a signal that is already aborted lets nothing be made", async () => {
  const { seen, frames } = endless();
  const stream = streamFrames(frames, 0, AbortSignal.abort(new Error("too late")));
  await expect(stream.getReader().read()).rejects.toThrow("too late");
  expect(seen.made).toBe(0);
});

test("the last frame ends the stream, and a later abort changes nothing", async () => {
  const client = new AbortController();
  const stream = streamFrames(["a", "b"].values(), 0, client.signal);
  expect(await new Response(stream).text()).toBe("ab");
  client.abort();
});
