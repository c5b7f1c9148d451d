import { expect, test } from "bun:test";
import fc from "fast-check";
import { exampleValue } from "../../../src/providers/demo/example-value.ts";

const TREE = {
  $ref: "#/$defs/node",
  $defs: {
    node: {
      type: "object",
      properties: { name: { type: "string" }, next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
      required: ["name"],
    },
  },
};

test.each<[string, unknown, unknown]>([
  ["a string", { type: "string" }, "said"],
  ["a number", { type: "number" }, 1],
  ["a number in bounds", { type: "integer", minimum: 5, multipleOf: 4 }, 8],
  ["a number below", { type: "number", exclusiveMaximum: 0 }, -1],
  ["a boolean", { type: "boolean" }, true],
  ["null", { type: "null" }, null],
  ["an enum", { type: "string", enum: ["b", "a"] }, "b"],
  ["a constant", { const: 0 }, 0],
  ["a list", { type: "array", items: { type: "integer" } }, [1]],
  [
    "a list of at least three",
    { type: "array", minItems: 3, items: { type: "boolean" } },
    [true, true, true],
  ],
  ["an empty list", { type: "array", maxItems: 0 }, []],
  ["a pair", { prefixItems: [{ type: "string" }, { type: "number" }], type: "array" }, ["said", 1]],
  ["a nullable in Gemini's spelling", { type: "STRING", nullable: true }, "said"],
  ["a type or null", { type: ["null", "integer"] }, 1],
  ["a union", { anyOf: [{ type: "null" }, { type: "boolean" }] }, true],
  ["a format", { type: "string", format: "date" }, "2026-01-01"],
  ["a length", { type: "string", minLength: 6, maxLength: 6 }, "said.."],
  ["a short length", { type: "string", maxLength: 2 }, "sa"],
  ["required properties only", { properties: { a: {}, b: { type: "number" } }, required: ["b"] }, { b: 1 }],
  ["all where none is required", { type: "object", properties: { a: { type: "number" } } }, { a: 1 }],
  [
    "both halves of allOf",
    { allOf: [{ required: ["a"] }, { required: ["b"] }], type: "object" },
    { a: "said", b: "said" },
  ],
  ["a reference", TREE, { name: "said" }],
  ["a name that every object has", { type: "object", required: ["constructor"] }, { constructor: "said" }],
  ["nothing known", 5, "said"],
])("fills %s", (_, schema, value) => {
  expect(exampleValue(schema, "said")).toEqual(value);
});

test("a property named __proto__ is a property", () => {
  const value = exampleValue({ type: "object", required: ["__proto__"] }, "said");
  expect(JSON.stringify(value)).toBe('{"__proto__":"said"}');
});

test("schemas without an end are filled to an end", () => {
  const endless = { type: "object", properties: { again: { $ref: "#" } }, required: ["again"] };
  const wide = { type: "object", required: Array.from({ length: 100_000 }, (_, index) => `p${index}`) };
  const loop = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } };
  const fan = { type: "array", minItems: 1e9, items: { $ref: "#" } };
  for (const schema of [endless, wide, loop, fan]) {
    expect(JSON.stringify(exampleValue(schema, "said")).length).toBeLessThan(100_000);
  }
});

const junk = fc.jsonValue({ maxDepth: 1 });
const orJunk = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ maxDepth: 3, depthIdentifier: "schema" }, junk, right);

const anySchema = fc.letrec((tie) => ({
  schema: fc.record(
    {
      type: fc.oneof(fc.constantFrom("object", "array", "string", "integer", "OBJECT", "none"), junk),
      properties: orJunk(fc.dictionary(fc.string(), tie("schema"), { maxKeys: 3 })),
      required: fc.oneof(fc.array(fc.string(), { maxLength: 3 }), junk),
      items: orJunk(tie("schema")),
      anyOf: orJunk(fc.array(tie("schema"), { maxLength: 2 })),
      allOf: orJunk(fc.array(tie("schema"), { maxLength: 2 })),
      $ref: fc.oneof(fc.constantFrom("#", "#/properties", "#/items", "other.json"), junk),
      minItems: fc.oneof(fc.nat(), junk),
      minLength: fc.oneof(fc.nat(), junk),
      minimum: fc.oneof(fc.double(), junk),
    },
    { requiredKeys: [] },
  ),
})).schema;

test("any schema has a value that is JSON", () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      expect(() => JSON.parse(JSON.stringify(exampleValue(schema, "said")))).not.toThrow();
    }),
  );
});
