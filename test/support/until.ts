import type { Awaitable } from "../../src/base/awaitable.ts";

/**
 * Waits for something that another part of the process does, asking often and not for ever.
 * @throws Error naming `what` when it has not happened within `withinMs`.
 */
export async function until(
  what: string,
  happened: () => Awaitable<boolean>,
  withinMs = 4_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await happened())) {
    if (performance.now() > end) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await Bun.sleep(2);
  }
}

/** The promise's value, or an error naming `what` when it takes longer than `withinMs`. */
export async function within<T>(what: string, work: Promise<T>, withinMs = 5_000): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} took longer than ${withinMs} ms`)), withinMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
