import { sorted } from "./exact-json.ts";

/** Where two values differ, one line a member: its name, what is there, what was expected. */
export function differences(found: object, expected: object): string[] {
  const [one, other] = [members(found), members(expected)];
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: found ${one.get(name)}, expected ${other.get(name)}`);
}

function members(value: object): Map<string, string> {
  return new Map(Object.entries(value).map(([name, member]) => [name, JSON.stringify(sorted(member))]));
}
