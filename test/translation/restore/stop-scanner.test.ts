import { expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../../src/core/errors.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { stopScanner } from "../../../src/translation/restore/stop-scanner.ts";
import { disorder, gather, run } from "../builders.ts";
import { callHead, close, END, finish, open, pieces, START, THOUGHT, text, textPart } from "./parts.ts";

/** Character by character, as a server that looks after each token would do it. */
function naive(whole: string, stops: readonly string[]): { text: string; matched?: string } {
  for (let end = 1; end <= whole.length; end++) {
    const ended = stops.filter((stop) => stop !== "" && whole.slice(0, end).endsWith(stop));
    const [matched] = ended.toSorted((a, b) => b.length - a.length);
    if (matched !== undefined) return { text: whole.slice(0, end - matched.length), matched };
  }
  return { text: whole };
}

const few = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 24 });
const stopTexts = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1, maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

test("it cuts where a look after each character would, however the stream is cut", () => {
  fc.assert(
    fc.property(few, stopTexts, fc.array(fc.nat(30), { maxLength: 10 }), (whole, stops, places) => {
      const scanner = stopScanner(stops);
      const told = run(scanner, [START, ...textPart(0, pieces(whole, places)), finish("stop"), END]);
      const expected = naive(whole, stops);
      expect(disorder(told)).toBeUndefined();
      expect(gather(told)[0]?.text).toBe(expected.text);
      const reasons = told.flatMap((part) => (part.type === "finish" ? [part.reason] : []));
      const stopped = { unified: "stop_sequence", raw: "stop_sequence", matched: expected.matched };
      expect(reasons).toEqual(
        expected.matched === undefined ? [{ unified: "stop", raw: "stop" }] : ([stopped] as never),
      );
      expect(scanner.stopped).toBe(expected.matched !== undefined);
    }),
    { numRuns: 500 },
  );
});

test("no more is held back than may begin a sequence", () => {
  const told = run(stopScanner(["</done>", "STOP"]), textPart(0, ["a </do", "g> ST", "AR"]));
  expect(told.slice(1, -1)).toEqual([text(0, "a "), text(0, "</dog> "), text(0, "STAR")]);
});

test("what follows the sequence is dropped; what is not text is not looked at", () => {
  const scanner = stopScanner(["END"]);
  const told = run(scanner, [
    START,
    open(0, THOUGHT),
    text(0, "to END or not"),
    close(0),
    open(1, { kind: "text" }),
    text(1, "yes END no"),
    text(1, "more"),
    close(1),
    open(2, callHead("c", "f")),
    close(2),
    finish("tool"),
  ]);
  expect(told.slice(1)).toEqual([
    open(0, THOUGHT),
    text(0, "to END or not"),
    close(0),
    open(1, { kind: "text" }),
    text(1, "yes "),
    close(1),
    { type: "finish", choice: 0, reason: { unified: "stop_sequence", raw: "stop_sequence", matched: "END" } },
  ]);
  expect(scanner.stopped).toBe(true);
});

test("our own cancelling of the upstream is no failure of the answer", () => {
  const scanner = stopScanner(["x"]);
  const fail: StreamPart = { type: "fail", error: new GatewayError("upstream_error", "cut") };
  expect(run(scanner, [fail])).toEqual([fail]);
  run(scanner, textPart(0, ["axb"]));
  expect(run(scanner, [fail])).toEqual([END]);
});

test("with several choices the upstream goes on until each has met one", () => {
  const scanner = stopScanner(["x"], 2);
  const told = run(scanner, [
    ...textPart(0, ["axb"], 0),
    ...textPart(1, ["c"], 1),
    ...textPart(2, ["dx"], 0),
  ]);
  expect(scanner.stopped).toBe(false);
  expect(disorder(told)).toBeUndefined();
  expect(gather(told).map((part) => part.text)).toEqual(["a", "c"]);
  run(scanner, textPart(3, ["x"], 1));
  expect(scanner.stopped).toBe(true);
});

test("without sequences nothing is touched", () => {
  const parts = textPart(0, ["anything"]);
  expect(run(stopScanner([]), parts)).toEqual(parts);
});
