import { describe, expect, test } from "bun:test";
import { fitJsonSchema } from "../../../src/protocols/gemini/schema/fit-json-schema.ts";
import { schemaFromProto } from "../../../src/protocols/gemini/schema/from-proto.ts";
import { schemaToProto } from "../../../src/protocols/gemini/schema/to-proto.ts";

describe("JSON Schema as Gemini takes it", () => {
  test.each([
    '{ "type":"object", "properties":{ "a":{"type":"number","minimum":1.0} }, "additionalProperties": false }',
    '{"$schema":"x","$ref":"#/$defs/A","$defs":{"A":{"type":"string"}}}',
    "true",
  ])("what needs no change keeps its bytes: %s", (text) => {
    expect(fitJsonSchema(text).text).toBe(text);
  });

  test.each([
    ['{"$ref":"#/$defs/A","description":"d"}', '{"anyOf":[{"$ref":"#/$defs/A"}],"description":"d"}'],
    ['{"const":1.0,"title":"t"}', '{"enum":[1],"title":"t"}'],
    [
      '{"properties":{"a":{"const":"x"},"b":{"minimum":2.0}}}',
      '{"properties":{"a":{"enum":["x"]},"b":{"minimum":2.0}}}',
    ],
    ['{"anyOf":[{"const":"x"},{"multipleOf":2.0}]}', '{"anyOf":[{"enum":["x"]},{"multipleOf":2.0}]}'],
    ['{"items":{"$ref":"#","nullable":true}}', '{"items":{"anyOf":[{"$ref":"#"}],"nullable":true}}'],
  ])("%s", (text, fitted) => {
    expect(fitJsonSchema(text).text).toBe(fitted);
  });

  test("keywords that Gemini does not heed are named, each once; names of properties are none", () => {
    const text = '{"properties":{"pattern":{"pattern":"a"},"b":{"pattern":"b","not":{"const":null}}}}';
    expect([...fitJsonSchema(text).unheeded].sort()).toEqual(["const", "not", "pattern"]);
  });
});

describe("JSON Schema in the proto's fields, for models before it", () => {
  test.each<[string, object, object | undefined]>([
    [
      "keywords that it does not know are left out",
      // https://github.com/router-for-me/CLIProxyAPI/issues/97 https://github.com/QuantumNous/new-api/issues/2624
      {
        $schema: "x",
        type: "object",
        additionalProperties: false,
        propertyNames: {},
        properties: { a: { type: ["string", "null"], default: 1 } },
        required: ["a", "zz"],
      },
      { type: "OBJECT", properties: { a: { type: "STRING", nullable: true } }, required: ["a"] },
    ],
    ["an object without properties is none", { type: "object", properties: {} }, undefined],
    [
      "properties may be called like keywords",
      {
        type: "object",
        properties: { title: { type: "string" }, format: { type: "integer" }, default: { type: "boolean" } },
      },
      {
        type: "OBJECT",
        properties: { title: { type: "STRING" }, format: { type: "INTEGER" }, default: { type: "BOOLEAN" } },
      },
    ],
    [
      "references are written out",
      {
        type: "object",
        properties: { a: { $ref: "#/$defs/A", description: "d" } },
        $defs: { A: { type: "string", minLength: 2 } },
      },
      { type: "OBJECT", properties: { a: { type: "STRING", minLength: "2", description: "d" } } },
    ],
    [
      "a reference to itself ends in an open schema",
      { type: "object", properties: { next: { $ref: "#" } } },
      { type: "OBJECT", properties: { next: { type: "OBJECT", properties: { next: {} } } } },
    ],
    [
      "alternatives, constants and bounds",
      {
        type: "object",
        properties: {
          a: { oneOf: [{ type: "string" }, { type: "null" }] },
          b: { const: "x" },
          c: { exclusiveMinimum: 3, type: "number", format: "uint8" },
          d: { type: ["string", "integer"] },
        },
      },
      {
        type: "OBJECT",
        properties: {
          a: { type: "STRING", nullable: true },
          b: { type: "STRING", enum: ["x"] },
          c: { type: "NUMBER", minimum: 3 },
          d: { anyOf: [{ type: "STRING" }, { type: "INTEGER" }] },
        },
      },
    ],
    [
      "numbers to choose from stay numbers, described",
      { type: "object", properties: { a: { type: "integer", enum: [1, 2], description: "How many." } } },
      { type: "OBJECT", properties: { a: { type: "INTEGER", description: "How many. One of: 1, 2." } } },
    ],
    [
      "all of them are merged",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "string", format: "date-time" } } },
        ],
      },
      {
        type: "OBJECT",
        properties: { a: { type: "STRING" }, b: { type: "STRING", format: "date-time" } },
        required: ["a"],
      },
    ],
    ["lists say what they hold", { type: "array" }, { type: "ARRAY", items: { type: "STRING" } }],
  ])("%s", (_, schema, proto) => {
    expect(schemaToProto(JSON.stringify(schema))).toEqual(proto as never);
  });
});

test("the proto's schema as JSON Schema", () => {
  const proto = {
    type: "OBJECT",
    properties: {
      b: { type: "STRING", enum: ["x"], nullable: true },
      a: {
        any_of: [
          { type: "INTEGER", minimum: 1 },
          { type: "STRING", max_length: "5" },
        ],
        nullable: true,
      },
      type: { type: "TYPE_UNSPECIFIED", example: 3 },
    },
    propertyOrdering: ["a", "b"],
    required: ["a"],
  };
  expect(JSON.stringify(schemaFromProto(proto))).toBe(
    JSON.stringify({
      type: "object",
      properties: {
        a: {
          anyOf: [
            {
              anyOf: [
                { type: "integer", minimum: 1 },
                { type: "string", maxLength: 5 },
              ],
            },
            { type: "null" },
          ],
        },
        b: { type: ["string", "null"], enum: ["x", null] },
        type: { examples: [3] },
      },
      required: ["a"],
    }),
  );
});

test("schemas without end do not end us", () => {
  const depth = 5000;
  const text = `${'{"type":"array","items":'.repeat(depth)}{}${"}".repeat(depth)}`;
  expect(fitJsonSchema(text).text).toBe(text);
  expect(schemaToProto(text)).toMatchObject({ type: "ARRAY" });
  expect(schemaFromProto(JSON.parse(text))).toMatchObject({ type: "array" });
});
