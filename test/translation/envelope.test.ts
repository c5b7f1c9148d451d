import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Signature } from "../../src/core/generation/node.ts";
import { foreignEnvelopeMarkers, newEnvelope } from "../../src/translation/envelope.ts";

const envelope = newEnvelope(new TextEncoder().encode("a secret of this gateway, 32 bytes"));

const signature: fc.Arbitrary<Signature> = fc.record(
  {
    value: fc.string({ unit: "binary" }),
    by: fc.constantFrom("anthropic", "openai", "google", "gateway"),
    model: fc.string({ unit: "binary" }),
    scope: fc.string(),
    itemId: fc.string(),
    callId: fc.string(),
    redacted: fc.constant(true),
    text: fc.string({ unit: "binary" }),
  },
  { requiredKeys: ["value", "by"] },
);
const signatures = fc.array(signature, { maxLength: 4 });

test("what was sealed is unsealed, bare and in base64", () => {
  fc.assert(
    fc.property(signatures, (given) => {
      const plain = given.map((each) => ({ ...each }));
      expect(envelope.unseal(envelope.seal(given))).toEqual(plain);
      expect(envelope.unseal(envelope.sealBase64(given))).toEqual(plain);
      expect(envelope.seal(given)).toBe(envelope.seal(plain));
    }),
  );
});

test("an envelope holds only characters that every carrier takes", () => {
  fc.assert(
    fc.property(signatures, (given) => {
      expect(envelope.seal(given)).toMatch(/^qn1\.[\w-]*\.[\w-]*\.[\w-]{11}$/);
      expect(envelope.sealBase64(given)).toMatch(/^cW4xL[A-Za-z0-9+/]*={0,2}$/);
    }),
  );
});

test("what was changed anywhere, or made with another secret, is not ours", () => {
  const other = newEnvelope(new Uint8Array(32));
  fc.assert(
    fc.property(signatures, fc.nat(), fc.constantFrom(..."AQz0-_."), (given, at, char) => {
      const text = envelope.seal(given);
      const place = at % text.length;
      const changed = text.slice(0, place) + char + text.slice(place + 1);
      if (changed !== text) expect(envelope.unseal(changed)).toBeUndefined();
      expect(envelope.unseal(text.slice(0, -1))).toBeUndefined();
      expect(other.unseal(text)).toBeUndefined();
    }),
  );
});

test.each([
  "",
  "qn1.",
  "qn1.a.b.c",
  "qn1...",
  "qn1",
  "cW4xL",
  "cW4xLmE",
  "EqoBCkgIAxABGAIiQL",
  "skip_thought_signature_validator",
])("%j is not ours", (text) => {
  expect(envelope.unseal(text)).toBeUndefined();
});

// Python's SDK reads Gemini's signatures as bytes and writes them in the other alphabet, without padding.
test("an envelope in the other base64 alphabet is ours still", () => {
  const given: Signature[] = [{ value: "??>>~~", by: "google", callId: "call_1" }];
  const other = envelope.sealBase64(given).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  expect(envelope.unseal(other)).toEqual(given);
});

test("pass-through finds envelopes by their markers, at the beginning of a JSON string", () => {
  const bodies = [envelope.seal([]), envelope.sealBase64([])].map((text) =>
    JSON.stringify({ signature: text }),
  );
  const markers = foreignEnvelopeMarkers.map((marker) => new TextDecoder().decode(marker));
  expect(markers).toEqual(['"qn1.', '"cW4xL']);
  for (const [index, body] of bodies.entries()) expect(body).toContain(markers[index] ?? "none");
});
