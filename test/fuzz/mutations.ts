import fc from "fast-check";

/** Names that every object answers to, and words that tables of ours could be asked for. */
const PROTO_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "isPrototypeOf",
] as const;

/** Values that parsers stumble over, as they stand in JSON. */
const oddValue = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...PROTO_NAMES).map((name) => JSON.stringify(name)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...["null", "true", '""', "[]", "{}", "0", "-1", "1.5", "-0", "1e999", "9007199254740993", "1e-400"],
      ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u2028"', '{"__proto__":{"polluted":1}}'],
      ...['{"constructor":{"prototype":{"polluted":1}}}', '{"toString":1,"valueOf":2}', '{"length":1e9}'],
      ...[
        '["",null,[[]]]',
        '"data:text/plain,%zz"',
        '"data:;base64,%%%"',
        '"https://x.example/%zz"',
        '"qn1.a.b.c"',
      ],
      ...[
        '"cW4xLmEuYi5j"',
        '"```\\n```"',
        '" "',
        '{"type":"constructor"}',
        '[{"type":"toString"}]',
        "[null]",
      ],
      ...[
        '{"type":["string","null"]}',
        '{"$ref":"#"}',
        '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}',
      ],
      ...['{"anyOf":[]}', '{"enum":[null,{}]}', '{"properties":{"__proto__":{"type":"constructor"}}}'],
      ...['{"type":"integer","format":"int32"}', '{"type":"constructor","format":"x"}', '{"items":[]}'],
    ),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
);

interface Place {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return found;
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) {
    found.push({ container, key });
    placesIn(container[key], found);
  }
  return found;
}

const MARKER = "@@marker@@";

function mutateOnce(text: string, pick: number, how: number, raw: string): string {
  const body: unknown = JSON.parse(text);
  const places = placesIn(body);
  const place = places[pick % Math.max(1, places.length)];
  if (!place) return raw;
  const { container, key } = place;
  if (how === 0) delete container[key];
  else if (how === 1 && Array.isArray(container)) container.push(MARKER);
  else if (how === 1)
    Object.defineProperty(container, PROTO_NAMES[pick % PROTO_NAMES.length] ?? "", {
      value: MARKER,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else if (how === 2 && Array.isArray(container)) container.push(structuredClone(container[Number(key)]));
  else container[key] = MARKER;
  return JSON.stringify(body).replace(`"${MARKER}"`, () => raw);
}

/** One to three changes of a body, anywhere in it: left out, added, doubled, another value. */
export const mutations = fc
  .array(fc.tuple(fc.nat(9_999), fc.nat(6), oddValue), { minLength: 1, maxLength: 3 })
  .map(
    (changes) => (valid: string) =>
      changes.reduce((text, [pick, how, raw]) => mutateOnce(text, pick, how, raw), valid),
  );
