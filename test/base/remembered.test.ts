import { expect, test } from "bun:test";
import { remembered } from "../../src/base/remembered.ts";

function world() {
  const clock = { ms: 0, monotonic: () => clock.ms };
  const answers: PromiseWithResolvers<number>[] = [];
  const ask = remembered(clock, 15_000, () => {
    const answer = Promise.withResolvers<number>();
    answers.push(answer);
    return answer.promise;
  });
  return { clock, answers, ask };
}

test("it is read once for all who ask within the time, and then again", async () => {
  const { clock, answers, ask } = world();
  const both = Promise.all([ask(), ask()]);
  answers[0]?.resolve(1);
  expect(await both).toEqual([1, 1]);
  clock.ms = 14_999;
  expect(await ask()).toBe(1);
  clock.ms = 15_000;
  const later = ask();
  answers[1]?.resolve(2);
  expect(await later).toBe(2);
  expect(answers).toHaveLength(2);
});

test("what could not be read is told and not kept", async () => {
  const { answers, ask } = world();
  const failed = ask();
  answers[0]?.reject(new Error("away"));
  expect(failed).rejects.toThrow("away");
  await failed.catch(() => undefined);
  const again = ask();
  answers[1]?.resolve(3);
  expect(await again).toBe(3);
});

test("a late failure does not take away what was read after it", async () => {
  const { clock, answers, ask } = world();
  const slow = ask();
  clock.ms = 20_000;
  const quick = ask();
  answers[1]?.resolve(2);
  expect(await quick).toBe(2);
  answers[0]?.reject(new Error("away"));
  await slow.catch(() => undefined);
  expect(await ask()).toBe(2);
  expect(answers).toHaveLength(2);
});
