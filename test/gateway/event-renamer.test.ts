import { describe, expect, test } from "bun:test";
import { eventRenamer } from "../../src/gateway/event-renamer.ts";
import { renameModel } from "../../src/gateway/rename-model.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Events whose beginnings are alike, nearly alike, and not alike. */
const EVENTS = [
  'data: {"id":"a","model":"up","choices":[{"delta":{"content":"x"}}]}\n\n',
  'data: {"id":"a","model":"up","choices":[]}\n\n',
  'data: {"id":"a","model":"up","model2":"up"}\n\n',
  'data: {"id":"a","model":"up2","choices":[]}\n\n',
  'data: {"id":"a","model":"u","choices":[]}\n\n',
  'data: {"id":"a","model":"u\\"p","choices":[]}\n\n',
  'data: {"id":"a","model":"up","choices":[]}',
  'data: {"id":"a","model":"up"',
  'data: {"id":"a","model":12,"n":1}\n\n',
  'data: {"id":"a","model":123,"n":1}\n\n',
  'data: {"id":"a","model":null}\n\n',
  'data: {"model":"up","id":"a"}\n\n',
  'data: {"id":{"model":"up"},"n":"model"}\n\n',
  "data: [DONE]\n\n",
  "data: {}\n\n",
];

describe("the model's name in the events of a stream", () => {
  for (const paths of [[["model"]], [["id", "model"]], [["model"], ["id", "model"]]]) {
    test(`at ${JSON.stringify(paths)} changes as in each event alone, whatever came before`, () => {
      const renamer = eventRenamer('ours "1"', paths);
      for (const first of EVENTS) {
        for (const second of EVENTS) {
          for (const event of [first, second, second]) {
            const bytes = encoder.encode(event);
            const alone = renameModel(bytes, 'ours "1"', paths);
            expect(decoder.decode(renamer.rename(bytes))).toBe(decoder.decode(alone));
          }
        }
      }
    });
  }

  test("leaves the bytes it was given as they were", () => {
    const renamer = eventRenamer("ours", [["model"]]);
    const bytes = encoder.encode(EVENTS[0]);
    renamer.rename(bytes);
    expect(decoder.decode(bytes)).toBe(EVENTS[0] ?? "");
  });
});
