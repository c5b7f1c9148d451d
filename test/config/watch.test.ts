import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Watch, watchConfig } from "../../src/config/watch.ts";

let folder = "";
let watch: Watch | undefined;
const texts: string[] = [];
let wake: (() => void) | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quoin-watch-"));
  texts.length = 0;
});

afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true });
});

const path = () => join(folder, "quoin.yaml");

function begin(known?: string): void {
  watch = watchConfig(path(), {
    intervalMs: 5,
    onChange: (text) => {
      texts.push(text);
      wake?.();
    },
    onError: (error) => {
      texts.push(`error ${error.name}`);
      wake?.();
    },
    ...(known === undefined ? {} : { known }),
  });
}

/** The next text that the watch reports; bun's own time limit bounds the wait. */
async function next(change: () => void): Promise<string | undefined> {
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  change();
  await woken;
  return texts.at(-1);
}

test("a file that is written again", async () => {
  writeFileSync(path(), "a: 1");
  begin();
  expect(await next(() => writeFileSync(path(), "a: 2"))).toBe("a: 2");
  expect(await next(() => writeFileSync(path(), "a: 3"))).toBe("a: 3");
  expect(texts).toEqual(["a: 2", "a: 3"]);
});

test("a file that an editor replaces by renaming, with the same size", async () => {
  writeFileSync(path(), "a: 1");
  begin();
  const replace = () => {
    writeFileSync(join(folder, "new"), "a: 2");
    renameSync(join(folder, "new"), path());
  };
  expect(await next(replace)).toBe("a: 2");
});

test("a file that comes, goes and comes back", async () => {
  begin();
  expect(await next(() => writeFileSync(path(), "a: 1"))).toBe("a: 1");
  rmSync(path());
  expect(await next(() => writeFileSync(path(), "a: 2"))).toBe("a: 2");
  expect(texts).toEqual(["a: 1", "a: 2"]);
});

test("a link that points elsewhere", async () => {
  writeFileSync(join(folder, "1"), "a: 1");
  writeFileSync(join(folder, "2"), "a: 2");
  symlinkSync("1", path());
  begin();
  const relink = () => {
    symlinkSync("2", join(folder, "link"));
    renameSync(join(folder, "link"), path());
  };
  expect(await next(relink)).toBe("a: 2");
});

test("a change between reading and watching is not lost", async () => {
  writeFileSync(path(), "a: 2");
  expect(await next(() => begin("a: 1"))).toBe("a: 2");
});

test("a folder in the file's place is an error, not a change", async () => {
  begin();
  const block = () => {
    writeFileSync(join(folder, "other"), "");
    symlinkSync(".", path());
  };
  expect(await next(block)).toStartWith("error");
});
