/** On Windows the lines of a shell's start file are variables of the user: tried with stand-ins for reg and setx. */
import { afterEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "../../../src/control/setup/editor/job.ts";
import { loadPrograms } from "../../../src/control/setup/render.ts";

/** Each variable is a file in the folder that `VARIABLES` names. */
const REG = `#!/bin/sh
case $1 in
  query) [ -f "$VARIABLES/$4" ] || exit 1
    printf '\\r\\nHKEY_CURRENT_USER\\\\Environment\\r\\n    %s    REG_SZ    %s\\r\\n' "$4" "$(cat "$VARIABLES/$4")" ;;
  delete) rm "$VARIABLES/$4" ;;
esac
`;
const SETX = '#!/bin/sh\nprintf %s "$2" >"$VARIABLES/$1"\n';

const JOB: Job = {
  client: "x",
  title: "X",
  slug: "test",
  origin: "https://gw",
  hosts: [],
  model: "m",
  files: [
    {
      format: "profile",
      paths: [],
      edits: [
        { op: "set", path: ["NEW_KEY"], value: "{{key}}" },
        { op: "set", path: ["OLD_URL"], value: "https://gw/v1" },
      ],
    },
    {
      format: "json",
      paths: ["~/unix.json"],
      windows: ["$APPDATA|~/AppData|/x.json"],
      edits: [{ op: "set", path: ["a"], value: 1 }],
    },
  ],
  shadows: [],
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const TOOLS = ["node", "python3"].filter((tool) => Bun.which(tool) !== null);

describe.each(TOOLS)("with %s", (tool) => {
  test("variables are set, changed in place, and put back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quoin-windows-"));
    folders.push(folder);
    const [bin, variables, home] = ["bin", "variables", "home"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [bin, variables, home]) mkdirSync(path);
    for (const [name, text] of [
      ["reg", REG],
      ["setx", SETX],
    ] as const) {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(join(variables, "OLD_URL"), "https://before");
    const { javascript, python } = await loadPrograms();
    const program = join(folder, tool === "node" ? "setup.mjs" : "setup.py");
    writeFileSync(program, tool === "node" ? javascript : python);
    writeFileSync(join(folder, "job.json"), JSON.stringify(JOB));
    const run = (mode: string, key = "k1") => {
      const done = Bun.spawnSync([tool, program, mode, join(folder, "job.json")], {
        env: {
          PATH: `${bin}:${process.env.PATH}`,
          HOME: home,
          VARIABLES: variables,
          SETUP_KEY: key,
          SETUP_PLATFORM: "win32",
          PYTHONDONTWRITEBYTECODE: "1",
        },
      });
      expect(done.stderr.toString()).toBe("");
      return { code: done.exitCode, out: done.stdout.toString() };
    };
    const now = () =>
      Object.fromEntries(
        readdirSync(variables).map((name) => [name, readFileSync(join(variables, name), "utf8")]),
      );
    expect(run("plan").out).toContain("Variable NEW_KEY");
    expect(run("apply").code).toBe(0);
    expect(now()).toEqual({ NEW_KEY: "k1", OLD_URL: "https://gw/v1" });
    expect(existsSync(join(home, "AppData/x.json"))).toBe(true);
    expect(run("plan").code).toBe(3);
    expect(run("apply", "k2").code).toBe(0);
    expect(now()).toEqual({ NEW_KEY: "k2", OLD_URL: "https://gw/v1" });
    expect(run("undo-plan").out).toContain("Variable OLD_URL");
    expect(run("undo").code).toBe(0);
    expect(now()).toEqual({ OLD_URL: "https://before" });
    expect(readdirSync(home)).toEqual([]);
  });
});
