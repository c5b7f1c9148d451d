import { describe, expect, test } from "bun:test";
import { type Calls, callsOver } from "../../src/base/calls.ts";

/** Two ends in one process; what is sent is cloned, as between two. */
function pair(answer: (name: string, args: readonly unknown[]) => unknown) {
  const batches: unknown[][] = [];
  const near: Calls = callsOver({
    post(batch) {
      batches.push(batch as unknown[]);
      far.take(structuredClone(batch));
    },
    answer: () => undefined,
  });
  const far: Calls = callsOver({ post: (batch) => near.take(structuredClone(batch)), answer });
  return { near, far, batches };
}

describe("calls over a channel", () => {
  test("bring arguments and answers as they are", async () => {
    const { near } = pair((name, args) => ({ name, args }));
    const args = [12n, new Uint8Array([1, 2]), new Map([["a", undefined]]), { left: undefined }];
    expect(await near.ask("echo", ...args)).toEqual({ name: "echo", args });
  });

  test("of one turn go in one batch, and each gets its own answer", async () => {
    const { near, batches } = pair(async (_, [ms]) => {
      await Bun.sleep(Number(ms));
      return ms;
    });
    expect(await Promise.all([3, 1, 2].map((ms) => near.ask("wait", ms)))).toEqual([3, 1, 2]);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toHaveLength(3);
  });

  test("that fail say why, by name", async () => {
    const { near } = pair((name) => {
      if (name === "range") throw new RangeError("too far");
      throw "a word";
    });
    expect(await near.ask("range").catch((cause: unknown) => cause)).toMatchObject({
      name: "RangeError",
      message: "too far",
    });
    expect(await near.ask("text").catch((cause: unknown) => cause)).toMatchObject({ message: "a word" });
  });

  test("that come after the channel went are not done", async () => {
    const done: string[] = [];
    const { near, far } = pair((name) => done.push(name));
    await near.ask("before");
    far.close(new Error("gone"));
    void near.ask("after");
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(["before"]);
  });

  test("that wait when the channel goes are told, and so are those that come later", async () => {
    const { near, far } = pair(() => new Promise(() => undefined));
    const waiting = near.ask("never").catch(String);
    await new Promise((resolve) => setImmediate(resolve));
    near.close(new Error("gone"));
    near.close(new Error("gone again"));
    expect(await waiting).toBe("Error: gone");
    expect(await near.ask("later").catch(String)).toBe("Error: gone");
    far.close(new Error("this one, too"));
  });
});
