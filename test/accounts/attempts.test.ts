import { expect, test } from "bun:test";
import { countSignUps } from "../../src/accounts/people/attempts.ts";

const countedAs = (address: string | undefined) =>
  countSignUps({ address, userAgent: undefined }).map(({ value }) => value);

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::", "fe80:0:0:0"],
  [undefined, "unknown"],
])("%s is counted as %s", (address, expected) => {
  expect(countedAs(address)).toEqual([expected]);
});
