import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALL_INSTALLED, BUN_VERSION, type FakeRoot, makeFakeRoot, RUN_INSTALLED } from "./fake-root.ts";

const CI = "ci --ignore-scripts --no-audit --no-fund";

let root: FakeRoot;
beforeEach(() => {
  root = makeFakeRoot('console.log("{}");');
});
afterEach(() => root.remove());

/** An npm that lays what it would install; it was prepared beside node_modules. */
function npmThatInstalls(): Record<string, string> {
  root.layInstalled(RUN_INSTALLED);
  cpSync(join(root.folder, "node_modules"), join(root.folder, "prepared"), { recursive: true });
  rmSync(join(root.folder, "node_modules"), { recursive: true });
  return { FAKE_NPM_SCRIPT: 'cp -r "$ROOT/prepared" "$ROOT/node_modules"' };
}

test("a fresh clone installs once, without tools, and stdout stays the command's", async () => {
  const env = npmThatInstalls();
  const first = await root.run("bin/quoin.js", [], env);
  expect(first).toMatchObject({ code: 0, out: "{}\n" });
  expect(first.err).toContain("installing packages, once (node_modules is missing)");
  expect(first.err).toContain("words of npm on stdout");
  expect(await root.run("bin/quoin.js", [], env)).toMatchObject({ code: 0, out: "{}\n", err: "" });
  expect(root.npmCalls()).toEqual([`${CI} --omit=dev`]);
});

test("two launchers that start at once install once", async () => {
  const env = npmThatInstalls();
  const both = await Promise.all([root.run("bin/quoin.js", [], env), root.run("bin/quoin.js", [], env)]);
  expect(both.map(({ code, out }) => [code, out])).toEqual([
    [0, "{}\n"],
    [0, "{}\n"],
  ]);
  expect(root.npmCalls().length).toBe(1);
});

test.each([
  ["all of it", ALL_INSTALLED],
  ["all but the tools", RUN_INSTALLED],
])("what the user's own npm installed is taken as it is: %s", async (_what, installed) => {
  root.layInstalled(installed);
  expect(await root.run("bin/quoin.js")).toMatchObject({ code: 0, err: "" });
  expect(root.npmCalls()).toEqual([]);
});

test("tools are installed where a file of the repository runs", async () => {
  root.layInstalled(RUN_INSTALLED);
  const ended = await root.run("bin/run.js", ["src/main.ts"]);
  expect(ended.err).toContain("(tool is missing)");
  expect(root.npmCalls()).toEqual([`${CI} --include=dev`]);
});

test("an out-of-date package is replaced, and who has tools keeps them", async () => {
  root.layInstalled({ ...ALL_INSTALLED, "node_modules/run": { version: "0.9.0" } });
  expect((await root.run("bin/quoin.js")).err).toContain("(run is 0.9.0, wanted 1.0.0)");
  expect(root.npmCalls()).toEqual([`${CI} --include=dev`]);
});

test("a package that somebody deleted is noticed", async () => {
  root.layInstalled(RUN_INSTALLED);
  rmSync(join(root.folder, "node_modules", "run"), { recursive: true });
  expect((await root.run("bin/quoin.js")).err).toContain("(run is missing)");
});

test("an install that was cut off while npm wrote its list runs again", async () => {
  root.layInstalled(RUN_INSTALLED);
  writeFileSync(join(root.folder, "node_modules", ".package-lock.json"), '{"packages": {');
  expect((await root.run("bin/quoin.js")).err).toContain("installing packages, once");
});

test("an npm that describes its work in another way is not asked for ever", async () => {
  root.layInstalled(RUN_INSTALLED);
  const env = { FAKE_NPM_SCRIPT: 'touch "$ROOT/node_modules/.package-lock.json"' };
  writeFileSync(join(root.folder, "node_modules", ".package-lock.json"), "{}");
  expect((await root.run("bin/quoin.js", [], env)).code).toBe(0);
  expect(await root.run("bin/quoin.js", [], env)).toMatchObject({ code: 0, err: "" });
  expect(root.npmCalls().length).toBe(1);
});

test("a failed install is one sentence, and the next start tries again", async () => {
  const env = { FAKE_NPM_SCRIPT: "echo npm says why >&2; exit 3" };
  for (const calls of [1, 2]) {
    const ended = await root.run("bin/quoin.js", [], env);
    expect(ended).toMatchObject({ code: 1, out: "" });
    expect(ended.err).toContain("npm says why");
    expect(ended.err).toEndWith(
      "quoin: Cannot install the packages: npm ci ended with 3; mend what npm says above, then try again.\n",
    );
    expect(root.npmCalls().length).toBe(calls);
  }
});

test("without npm it says so", async () => {
  rmSync(join(root.folder, "path", "npm"));
  const ended = await root.run("bin/quoin.js", [], { PATH: join(root.folder, "path") });
  expect(ended.code).toBe(1);
  expect(ended.err).toContain("install Node with npm");
});

test("a package without a lock file, as npm installs it, never installs", async () => {
  root.layInstalled(RUN_INSTALLED);
  for (const name of ["package-lock.json", "node_modules/.package-lock.json"])
    rmSync(join(root.folder, name));
  expect(await root.run("bin/quoin.js")).toMatchObject({ code: 0, err: "" });
  expect(root.npmCalls()).toEqual([]);
});

test("without Bun it says which, and how to get it", async () => {
  root.layInstalled({ "node_modules/run": { version: "1.0.0" } });
  const ended = await root.run("bin/quoin.js");
  expect(ended.code).toBe(1);
  expect(ended.err).toStartWith(
    `quoin: Bun ${BUN_VERSION} for ${process.platform}-${process.arch} is missing`,
  );
  expect(ended.err).toContain("npm ci --ignore-scripts --include=optional");
  expect(root.npmCalls()).toEqual([]);
});

const bunOnPath = (version: string) =>
  writeFileSync(
    join(root.folder, "path", "bun"),
    `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\nexec ${process.execPath} "$@"\n`,
    { mode: 0o755 },
  );

test("a bun on PATH will do, of the pinned version only", async () => {
  root.layInstalled({ "node_modules/run": { version: "1.0.0" } });
  bunOnPath("1.0.0");
  expect((await root.run("bin/quoin.js")).err).toContain("(the bun on PATH is 1.0.0)");
  bunOnPath(BUN_VERSION);
  expect(await root.run("bin/quoin.js")).toMatchObject({ code: 0, out: "{}\n", err: "" });
});
