import { expect, test } from "bun:test";
import { watchLife } from "../../src/workers/watch-life.ts";

const SILENCE_MS = 20;

/** Resolves when it is found silent, with how often it was asked. */
function silenceOf(answer: (asked: number) => Promise<unknown>): Promise<number> {
  const silent = Promise.withResolvers<number>();
  let asked = 0;
  watchLife(
    () => answer(++asked),
    SILENCE_MS,
    () => silent.resolve(asked),
  );
  return silent.promise;
}

const never = new Promise<never>(() => undefined);

test("one that stops answering is silent, and is not asked twice meanwhile", async () => {
  const startedAt = performance.now();
  expect(await silenceOf(async (asked) => (asked < 4 ? undefined : await never))).toBe(4);
  expect(performance.now() - startedAt).toBeGreaterThan(SILENCE_MS);
});

test("one that has not answered yet is being loaded", async () => {
  const first = Promise.withResolvers<void>();
  let isLoaded = false;
  const silence = silenceOf(async (asked) => await (asked === 1 ? first.promise : never));
  setTimeout(() => {
    isLoaded = true;
    first.resolve();
  }, 3 * SILENCE_MS);
  await silence;
  expect(isLoaded).toBe(true);
});

test("a look costs nothing while this process sleeps, and none comes after the watch has ended", async () => {
  let silences = 0;
  const end = watchLife(
    () => Promise.resolve(),
    SILENCE_MS,
    () => silences++,
  );
  Bun.sleepSync(5 * SILENCE_MS);
  await Bun.sleep(SILENCE_MS);
  end();
  expect(silences).toBe(0);
});
