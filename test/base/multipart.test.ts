import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { boundaryOf, FormFault, FormScanner } from "../../src/base/multipart.ts";
import { BOUNDARY, formOf, type Piece } from "../support/beside-text.ts";

function scan(bytes: Uint8Array, cuts: readonly number[] = []): FormScanner {
  const scanner = new FormScanner(BOUNDARY);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    scanner.feed(bytes.subarray(from, cut));
    from = cut;
  }
  scanner.feed(bytes.subarray(from));
  return scanner;
}

const faultOf = (body: string): string => {
  try {
    const scanner = scan(Buffer.from(body, "latin1"));
    return scanner.ended ? "whole" : "not whole";
  } catch (fault) {
    if (fault instanceof FormFault) return fault.message;
    throw fault;
  }
};

const PIECES: readonly Piece[] = [
  ["language", ""],
  ["file", Buffer.from(`x\r\n--${BOUNDARY.slice(0, -1)}\r\n\r\n--\r`), "a.wav"],
  ["model", "wörd"],
  ["prompt", "line\r\nline\r\n"],
];

describe("a form", () => {
  const bytes = formOf(PIECES);

  test("gives its parts and where their values stand", () => {
    const { parts, ended } = scan(bytes);
    expect(ended).toBe(true);
    expect(parts.map(({ name, fileName }) => [name, fileName])).toEqual([
      ["language", undefined],
      ["file", "a.wav"],
      ["model", undefined],
      ["prompt", undefined],
    ]);
    expect(parts.map(({ value }) => value)).toEqual(["", undefined, "wörd", "line\r\nline\r\n"]);
    for (const [index, { valueStart, valueEnd }] of parts.entries())
      expect(bytes.subarray(valueStart, valueEnd).equals(Buffer.from(PIECES[index]?.[1] as string))).toBe(
        true,
      );
  });

  test("is the same wherever it is cut", () => {
    const { parts } = scan(bytes);
    for (let cut = 0; cut <= bytes.length; cut++) expect(scan(bytes, [cut]).parts).toEqual(parts);
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at);
    expect(scan(bytes, everywhere).parts).toEqual(parts);
  });

  test("of any bytes, cut anywhere", () => {
    const piece = fc.tuple(
      fc.constantFrom("a", "model"),
      fc.uint8Array({ maxLength: 300 }),
      fc.constant("f"),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(2_000)),
        (pieces, cuts) => {
          const form = formOf(pieces as Piece[]);
          const { parts, ended } = scan(
            form,
            cuts.filter((cut) => cut <= form.length),
          );
          expect(ended).toBe(true);
          const values = parts.map(({ valueStart, valueEnd }) => form.subarray(valueStart, valueEnd));
          expect(values.map((value) => value.toString("hex"))).toEqual(
            pieces.map(([, value]) => Buffer.from(value).toString("hex")),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test("keeps none of a file", () => {
    const scanner = new FormScanner(BOUNDARY);
    const head = formOf([["file", "", "a"]]).subarray(0, -(BOUNDARY.length + 8));
    scanner.feed(head);
    for (let round = 0; round < 100; round++) scanner.feed(new Uint8Array(64 * 1024));
    expect(JSON.stringify(scanner).length).toBeLessThan(2_000);
  });
});

const part = (headers: string) => `--${BOUNDARY}\r\n${headers}\r\n\r\nx\r\n--${BOUNDARY}--`;
const NAMED = 'Content-Disposition: form-data; name="a"';

const READ: readonly (readonly [string, string])[] = [
  [part(NAMED), "whole"],
  [`${part(NAMED)}\r\n`, "whole"],
  [part("content-disposition:form-data;name=a"), "whole"],
  [part(`${NAMED}; filename="a\\"b;c.wav"`), "whole"],
  [part(`${NAMED}\r\nContent-Transfer-Encoding: binary`), "whole"],
  [part(NAMED).slice(0, -1), "not whole"],
  [`\r\n${part(NAMED)}`, "does not begin with its boundary"],
  [`preamble\r\n${part(NAMED)}`, "does not begin with its boundary"],
  [`${part(NAMED)}x`, "goes on behind its last boundary"],
  [part(NAMED).replace("\r\n", " \r\n"), "has something behind a boundary"],
  [part("X: y"), "has a part without one content-disposition"],
  [part(`${NAMED}\r\n${NAMED}`), "has a part without one content-disposition"],
  [part("Content-Disposition: form-data"), "has a part without a plain name"],
  [part(`${NAMED}; name*=utf-8''b`), "has a part without a plain name"],
  [part(`${NAMED}; name="b"`), "has a part whose content-disposition is unclear"],
  [part(`${NAMED} b`), "has a part whose content-disposition is unclear"],
  [part('Content-Disposition: attachment; name="a"'), "has a part that is not form-data"],
  [
    part(`${NAMED}\r\nContent-Transfer-Encoding: base64`),
    "has a part with a content-transfer-encoding; send its bytes as they are",
  ],
  [part(`${NAMED}\r\n folded`), "has a part with a header that is none"],
  [part(`${NAMED}\nX: y`), "has a part with a header that is none"],
  [part(`${NAMED}\r\nX: ${"y".repeat(20_000)}`), "has a part whose headers are too long"],
  [part(NAMED).replace("\r\nx\r\n", `\r\n${"x".repeat(300_000)}\r\n`), "has a field that is too long"],
  [`${`--${BOUNDARY}\r\n${NAMED}\r\n\r\nx\r\n`.repeat(1_001)}--${BOUNDARY}--`, "has too many parts"],
];

test("what is unclear is refused, and said", () => {
  for (const [index, [body, verdict]] of READ.entries())
    expect(`${index} ${faultOf(body)}`).toBe(`${index} ${verdict}`);
});

test.each([
  ["multipart/form-data; boundary=abc", "abc"],
  ['Multipart/Form-Data; charset=utf-8; boundary="a b:c"', "a b:c"],
  ["multipart/form-data", undefined],
  ["multipart/form-data; boundary=", undefined],
  ["multipart/form-data; boundary=a; boundary=b", undefined],
  [`multipart/form-data; boundary=${"x".repeat(71)}`, undefined],
  ["multipart/mixed; boundary=abc", undefined],
  ["application/json", undefined],
])("the boundary of %s is %p", (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary);
});
