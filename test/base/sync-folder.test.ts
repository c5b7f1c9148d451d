import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { secretFromFile } from "../../src/base/secret-file.ts";
import { syncFolder } from "../../src/base/sync-folder.ts";
import { newFolder } from "../support/folder.ts";

test("a folder is synced, one that is not there is an error, and on Windows none is opened", () => {
  const folder = newFolder();
  syncFolder(folder.path, "linux");
  const gone = join(folder.path, "gone");
  expect(() => syncFolder(gone, "linux")).toThrow("ENOENT");
  expect(() => syncFolder(gone, "win32")).not.toThrow();
  folder.remove();
});

test("a secret is made once, whole, and read again", () => {
  const folder = newFolder();
  const path = join(folder.path, "secret");
  const secret = secretFromFile(path);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(secretFromFile(path)).toBe(secret);
  expect(readFileSync(path, "utf8")).toBe(`${secret}\n`);
  expect(readdirSync(folder.path)).toEqual(["secret"]);
  folder.remove();
});
