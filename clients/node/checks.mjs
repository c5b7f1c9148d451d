import assert from "node:assert/strict";

const CHECK_MS_MAX = 10_000;

/**
 * Runs one check. A failure is printed and makes the process exit with 1; success prints nothing.
 * @param {string} name
 * @param {() => Promise<void>} run
 */
export async function check(name, run) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${CHECK_MS_MAX} ms`)), CHECK_MS_MAX);
  });
  try {
    await Promise.race([run(), late]);
  } catch (cause) {
    console.error(`FAILED ${name}\n`, cause);
    process.exitCode = 1;
  } finally {
    clearTimeout(timer);
  }
}

/** The error that a call ends with; the check fails when it succeeds. */
export async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  assert.fail("the call succeeded, and an error was expected");
}

/** All of an async iterable. */
export async function collect(events) {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

/** The demo upstream's answer to a greeting, whatever the protocol: it says what it is and echoes. */
export function assertGreeted(text, said) {
  assert.match(text, /demo/);
  assert.ok(text.includes(said), `the answer does not repeat "${said}": ${text}`);
}

/** Shaped like a key of ours, checksum included, and never given out. */
export const UNKNOWN_KEY = process.env.QUOIN_TEST_UNKNOWN_KEY;
export const MALFORMED_KEY = "not-a-key";

/** What the demo upstream answers at a readable pace: time to leave before the end. */
export const SLOWLY = "Tell it slowly";

/**
 * Leaves a stream after its first events; there must be no end to it.
 * @param {AsyncIterable<unknown>} events
 * @param {() => void} leave
 */
export async function leaveEarly(events, leave) {
  let seen = 0;
  try {
    for await (const _ of events) {
      seen++;
      if (seen === 3) leave();
    }
  } catch (error) {
    assert.match(String(error), /abort/i);
  }
  assert.ok(seen >= 3 && seen < 30, `${seen} events came`);
}

/** Arguments of one tool that every script offers. */
export const WEATHER = {
  name: "get_weather",
  description: "The weather of a city",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  ask: 'Use get_weather for "Ottawa".',
  result: "18 degrees and sunny",
};

export function assertWeatherArguments(value) {
  assert.deepEqual(value, { city: "Ottawa" });
}
