import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { feed, finish, newStreamFilter, takeHeld } from "../../src/gateway/stream-filter.ts";
import { CODECS } from "../../src/protocols/codecs.ts";
import { newTapState } from "../../src/protocols/protocol.ts";
import { LINE_ENDS, SAMPLES, type SampleStream } from "../support/streams.ts";

const encoder = new TextEncoder();
const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

interface Relayed {
  /** What went out before the end was charged. */
  readonly early: string;
  readonly held: string;
  readonly whole: boolean;
  readonly tap: ReturnType<typeof newTapState>;
}

interface How {
  readonly shown?: string;
  readonly wantsUsage?: boolean;
}

/** The stream through a filter, in these pieces. */
function relay(
  protocol: Protocol,
  pieces: readonly Uint8Array[],
  { shown, wantsUsage = true }: How = {},
): Relayed {
  const tap = newTapState(wantsUsage, NO_USAGE);
  const filter = newStreamFilter(CODECS[protocol], tap, shown);
  let early = "";
  for (const piece of pieces) early += textOf(feed(filter, piece));
  const whole = finish(filter);
  return { early, held: textOf(takeHeld(filter)), whole, tap };
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, at) => bytes.slice(places[at], end));
}

const whole = (sample: SampleStream) => encoder.encode(sample.events.join(""));

describe.each(PROTOCOLS)("%s", (protocol) => {
  describe.each(LINE_ENDS)("with lines that end in %j", (eol) => {
    const sample = SAMPLES[protocol]("m-1", eol);
    const bytes = whole(sample);
    const early = sample.events.slice(0, sample.heldFrom).join("");
    const held = sample.events.slice(sample.heldFrom).join("");

    function check(relayed: Relayed): void {
      expect(relayed.early + relayed.held).toBe(early + held);
      expect(relayed.early).toBe(early);
      expect(relayed.whole).toBe(true);
      expect(relayed.tap.usage).toEqual(sample.usage);
      expect(relayed.tap.source).toBe("reported");
      expect(relayed.tap.answerId).toBe(sample.answerId);
    }

    test("cut in two at every byte, all of it comes back and the usage is right", () => {
      for (let cut = 0; cut <= bytes.length; cut++) check(relay(protocol, cutAt(bytes, [cut])));
    });

    test("byte by byte", () => {
      check(
        relay(
          protocol,
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        ),
      );
    });

    test("cut anywhere", () => {
      const cuts = fc.array(fc.nat(bytes.length), { maxLength: 12 });
      fc.assert(
        fc.property(cuts, (places) => check(relay(protocol, cutAt(bytes, places)))),
        { numRuns: 60 },
      );
    });

    test("the alias stands in every event where the upstream's name was", () => {
      const shown = SAMPLES[protocol]('alias "7"', eol);
      for (const cut of [0, 1, 77, bytes.length >> 1]) {
        const relayed = relay(protocol, cutAt(bytes, [cut]), { shown: 'alias "7"' });
        expect(relayed.early + relayed.held).toBe(shown.events.join(""));
        expect(relayed.tap.usage).toEqual(sample.usage);
      }
    });

    test("a stream that stops before its end is not whole, wherever it stops", () => {
      const enough = encoder.encode(early).length;
      const lastEvent = sample.events.length - (protocol === "openai-responses" ? 2 : 1);
      const end = encoder.encode(sample.events.slice(0, lastEvent).join("")).length;
      for (let stop = 0; stop < bytes.length; stop += 3) {
        const relayed = relay(protocol, [bytes.slice(0, stop)]);
        // Chat has all it needs once the usage chunk is here.
        const chat = protocol === "openai-chat" || protocol === "openai-completions";
        if (relayed.whole) expect(stop).toBeGreaterThan(chat ? 0 : Math.min(enough, end));
        if (relayed.whole) expect(relayed.tap.usage).toEqual(sample.usage);
      }
    });
  });
});

describe("the usage chunk that the client did not ask for", () => {
  test.each(["openai-chat", "openai-completions"] as const)("is kept from it: %s", (protocol) => {
    const sample = SAMPLES[protocol]("m", "\n");
    const want = sample.events.filter((event) => !event.includes('"choices":[],')).join("");
    expect(want.length).toBeLessThan(sample.events.join("").length);
    const bytes = whole(sample);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const relayed = relay(protocol, cutAt(bytes, [cut]), { wantsUsage: false });
      expect(relayed.early + relayed.held).toBe(want);
      expect(relayed.tap.usage).toEqual(sample.usage);
    }
  });

  test.each(['"usage":{', '"usage": {', '"usage" : {', '"usage" :{'])("however it is spaced: %s", (start) => {
    const chunk = `data: {"choices": [], ${start}"prompt_tokens": 4}}\n\n`;
    const relayed = relay("openai-chat", [encoder.encode(`${chunk}data: [DONE]\n\n`)], { wantsUsage: false });
    expect(relayed.early).toBe("");
    expect(relayed.tap.usage.input).toBe(4);
  });

  test("stays when it carries more than usage", () => {
    const chunk = 'data: {"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":1}}\n\n';
    const relayed = relay("openai-chat", [encoder.encode(`${chunk}data: [DONE]\n\n`)], { wantsUsage: false });
    expect(relayed.early).toBe(chunk);
    expect(relayed.tap.usage.input).toBe(1);
  });
});

describe("odd ends", () => {
  const gemini = (more: string) =>
    `data: {"candidates":[{"content":{"parts":[{"text":"x"}]}${more}}]}\r\n\r\n`;
  const finished = gemini(',"finishReason":"STOP"');
  const usageOnly = 'data: {"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}}\r\n\r\n';

  test("Gemini: usage behind the finish belongs to the end", () => {
    const relayed = relay("gemini", [encoder.encode(gemini("") + finished + usageOnly)]);
    expect(relayed.whole).toBe(true);
    expect(relayed.tap.usage).toEqual({ ...NO_USAGE, input: 3, output: 2 });
    expect(relayed.early).toBe(gemini("") + finished);
    expect(relayed.held).toBe(usageOnly);
  });

  test("Chat: usage on every chunk does not make a torn answer whole", () => {
    const chunk = (finish: string) =>
      `data: {"choices":[{"delta":{"content":"x"},"finish_reason":${finish}}],"usage":{"prompt_tokens":3}}\n\n`;
    expect(relay("openai-chat", [encoder.encode(chunk("null"))]).whole).toBe(false);
    expect(relay("openai-chat", [encoder.encode(chunk("null") + chunk('"stop"'))]).whole).toBe(true);
  });

  test("Gemini: a finish reason on every event holds only the last", () => {
    const relayed = relay("gemini", [
      encoder.encode(finished),
      encoder.encode(finished),
      encoder.encode(finished),
    ]);
    expect(relayed).toMatchObject({ early: finished + finished, held: finished, whole: true });
  });

  test("Gemini: another candidate goes on behind a finish", () => {
    const relayed = relay("gemini", [encoder.encode(finished + gemini(""))]);
    expect(relayed).toMatchObject({ early: finished + gemini(""), held: "", whole: false });
  });

  test("Gemini: a blocked prompt is an answer", () => {
    const blocked =
      'data: {"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}\n\n';
    const relayed = relay("gemini", [encoder.encode(blocked)]);
    expect(relayed).toMatchObject({ held: blocked, whole: true });
    expect(relayed.tap.usage.input).toBe(4);
  });

  test("a comment at the head of the terminal event does not hide it", () => {
    const stop = ': still here\nevent: message_stop\ndata: {"type":"message_stop"}\n\n';
    const relayed = relay("anthropic-messages", [encoder.encode(stop)]);
    expect(relayed).toMatchObject({ early: "", held: stop, whole: true });
  });

  test("a last event without its empty line still counts", () => {
    const relayed = relay("openai-chat", [encoder.encode('data: {"choices":[]}\n\ndata: [DONE]')]);
    expect(relayed).toMatchObject({ held: "data: [DONE]", whole: true });
  });

  test("what follows the terminal event waits with it", () => {
    const tap = newTapState(true, NO_USAGE);
    const filter = newStreamFilter(CODECS["openai-chat"], tap, undefined);
    expect(textOf(feed(filter, encoder.encode("data: [DONE]\n\ndata: more\n\n")))).toBe("");
    expect(filter.phase).toBe("ended");
    expect(textOf(takeHeld(filter))).toBe("data: [DONE]\n\ndata: more\n\n");
  });

  test.each([
    ["openai-chat", 'data: {"error":{"message":"x","code":502},"choices":[{"delta":{}}]}\n\n'],
    ["openai-completions", 'data: {"error":"broken"}\n\n'],
    ["anthropic-messages", 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n'],
    ["openai-responses", 'event: error\ndata: {"type":"error","code":"x","message":"y"}\n\n'],
    ["openai-responses", 'data: {"type":"response.failed","response":{"id":"r","status":"failed"}}\n\n'],
    ["gemini", 'data: {"error":{"code":503,"status":"UNAVAILABLE"}}\r\n\r\n'],
  ] as const)("%s: an error event is passed on and ends it", (protocol, event) => {
    const tap = newTapState(true, NO_USAGE);
    const filter = newStreamFilter(CODECS[protocol], tap, undefined);
    expect(textOf(feed(filter, encoder.encode(`${event}data: [DONE]\n\n`)))).toBe(event);
    expect(filter.phase).toBe("failed");
  });
});

test("output that was relayed is measured for estimates", () => {
  const bytesOfText: Record<Protocol, number> = {
    "anthropic-messages": 0,
    "openai-chat": 0,
    "openai-completions": 0,
    "openai-responses": 0,
    gemini: 0,
  };
  for (const protocol of PROTOCOLS) {
    const { events } = SAMPLES[protocol]("m", "\n");
    bytesOfText[protocol] = relay(protocol, [encoder.encode(events.slice(0, -2).join(""))]).tap.textBytes;
  }
  // As the text stands in JSON: quotes in it count with their backslashes.
  const inJson = (...texts: string[]) =>
    texts.reduce((sum, text) => sum + encoder.encode(JSON.stringify(text)).length - 2, 0);
  expect(bytesOfText).toEqual({
    "anthropic-messages": inJson(
      "Hmm, 北",
      'says "message_stop" and data: [DONE] 🙂',
      '{"error":"message_delta"',
      "}",
    ),
    "openai-chat": inJson("Hällo 北京", ' "usage":{"x":1} [DONE]', "why?", '{"error":1}'),
    "openai-completions": inJson("Once é", " upon"),
    "openai-responses": inJson("Grüße ", "🙂"),
    gemini: inJson("I think…", 'says "finishReason" \\ 北'),
  });
});

describe("events that begin alike", () => {
  const head = 'data: {"id":"a","model":"up"';
  const events = [
    `${head},"choices":[{"delta":{"content":"four"}}]}\n\n`,
    `${head},"choices":[{"delta":{"content":"four"}}]}\r\n\r\n`,
    `${head},"choices":[{"delta":{"content":"four"}}]}\r\r`,
    `${head},"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n`,
    `: a comment\n${head},"choices":[]}\n\n`,
    'data: {"id":"a","usage":{"prompt_tokens":5,"completion_tokens":1},"model":"up","choices":[]}\n\n',
    'data: {"id":"a","content":"of the head","model":"up","choices":[{"delta":{"content":"four"}}]}\n\n',
    'data: {"choices":[{"delta":{"content":"four"}}]}\n\n',
  ];

  test("are relayed and measured as each is alone, whatever came before and with them", () => {
    const chunk = fc.array(fc.constantFrom(...events), { minLength: 1, maxLength: 3 });
    const repeated = fc.tuple(chunk, fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(fc.array(repeated, { maxLength: 6 }), (runs) => {
        const chunks = runs.flatMap(([one, times]) => Array.from({ length: times }, () => one));
        const pieces = chunks.map((chunk) => encoder.encode(chunk.join("")));
        const single = chunks.flat().map((event) => encoder.encode(event));
        const { early, held, tap } = relay("openai-chat", pieces, { shown: "ours" });
        const alone = single.map((event) => relay("openai-chat", [event], { shown: "ours" }));
        expect(early + held).toBe(alone.map((one) => one.early + one.held).join(""));
        expect(tap.textBytes).toBe(alone.reduce((sum, one) => sum + one.tap.textBytes, 0));
        const reported = alone.findLast((one) => one.tap.source === "reported");
        expect(tap.usage).toEqual(reported?.tap.usage ?? NO_USAGE);
      }),
    );
  });
});
