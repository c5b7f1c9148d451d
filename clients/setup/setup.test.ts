/** The served scripts, piped from a real curl on machines with node, python3, jq, or none of them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CLIENTS, findClient } from "../../src/control/setup/clients.ts";
import type { Offer } from "../../src/control/setup/offer.ts";
import { loadPrograms, renderShell } from "../../src/control/setup/render.ts";
import { type RunningGateway, run, startGateway } from "../gateway.ts";
import { requiredProgram, requiredVariable } from "../required-tool.ts";
import { type Machine, makeMachine } from "./machine.ts";
import { BROKEN_FILES, WILD_FILES } from "./wild-files.ts";

let gateway: RunningGateway;
let secondKey = "";
const machines: Machine[] = [];

function machineWith(
  programs: readonly string[],
  files: Readonly<Record<string, string>> = WILD_FILES,
): Machine {
  const machine = makeMachine(programs);
  machines.push(machine);
  machine.write(files);
  return machine;
}

const pipe = (client: string, args: string) =>
  `curl -fsSL ${gateway.url}/setup/${client}.sh | sh -s -- ${args}`;

/** Settings without the kept copies and the record. */
function live(tree: Record<string, string>): string {
  const entries = Object.entries(tree).filter(([path]) => !/\.backup|-setup/.test(path));
  return JSON.stringify(entries);
}

const countOf = (text: string, part: string) => text.split(part).length - 1;

beforeAll(async () => {
  gateway = await startGateway(join(import.meta.dir, "quoin.yaml"));
  const made = await gateway.json<{ key: string }>("keys", "create", "--account", "demo");
  secondKey = made.key;
}, 40_000);

afterAll(async () => {
  for (const machine of machines) machine.remove();
  await gateway.stop();
});

const TOOLS = ["node", "python3"].filter((tool) => requiredProgram(`setup scripts with ${tool}`, tool));
const WITH_FILES = CLIENTS.filter(({ id }) => id !== "cursor" && id !== "roo");

describe.each(TOOLS)("with %s", (tool) => {
  test.each(WITH_FILES.map(({ id }) => id))(
    "%s: set up, again, with another key, and undone to the byte",
    async (client) => {
      const machine = machineWith([tool]);
      const before = machine.tree();
      const first = await machine.shell(pipe(client, `${gateway.key} --yes`));
      expect(first).toMatchObject({ code: 0, err: "" });
      expect(first.out).toContain("The connection works, and the key is good.");
      expect(first.out).not.toContain(gateway.key);
      const after = machine.tree();
      const uses = countOf(live(after), gateway.key);
      expect(uses).toBeGreaterThan(0);
      expect(countOf(live(after), "KEEP")).toBe(countOf(live(before), "KEEP"));

      const again = await machine.shell(pipe(client, `${gateway.key} --yes`));
      expect(again.out).toContain("Everything is set already.");
      expect(machine.tree()).toEqual(after);

      expect((await machine.shell(pipe(client, `${secondKey} --yes`))).code).toBe(0);
      expect(live(machine.tree())).toBe(live(after).replaceAll(gateway.key, secondKey));

      expect(await machine.shell(pipe(client, "--undo --yes"))).toMatchObject({ code: 0, err: "" });
      expect(machine.tree()).toEqual(before);
    },
    30_000,
  );

  test("an empty home stays empty after undoing", async () => {
    const machine = machineWith([tool], {});
    expect((await machine.shell(pipe("goose", `${gateway.key} -y`))).code).toBe(0);
    expect(Object.keys(machine.tree())).toContain(".config/goose/custom_providers/custom_test_gateway.json");
    expect((await machine.shell(pipe("goose", "--undo --yes"))).code).toBe(0);
    expect(machine.tree()).toEqual({});
  }, 20_000);

  test.each(BROKEN_FILES)(
    "$client: a broken $path is refused with its line, and nothing touched",
    async ({ client, path, text, line }) => {
      const machine = machineWith([tool], { [path]: text });
      const before = machine.tree();
      const { code, err } = await machine.shell(pipe(client, `${gateway.key} --yes`));
      expect(code).toBe(1);
      expect(err).toContain(`${path}, line ${line}: `);
      expect(machine.tree()).toEqual(before);
    },
  );

  test("later changes of a file are told before undoing takes them back", async () => {
    const machine = machineWith([tool], { ".bashrc": "a=1\n" });
    await machine.shell(pipe("sdk", `${gateway.key} --yes`));
    await machine.shell("echo b=2 >> .bashrc");
    const { out } = await machine.shell(pipe("sdk", "--undo --yes"));
    expect(out).toContain("Note: ~/.bashrc was changed after setup");
    expect(machine.tree()).toEqual({ ".bashrc": "640 a=1\n" });
  }, 20_000);

  test("a kept file that is gone stops undoing", async () => {
    const machine = machineWith([tool], { ".bashrc": "a=1\n" });
    await machine.shell(pipe("sdk", `${gateway.key} --yes`));
    await machine.shell("rm .bashrc.backup");
    const before = machine.tree();
    const { code, err } = await machine.shell(pipe("sdk", "--undo --yes"));
    expect(code).toBe(1);
    expect(err).toContain(".bashrc.backup is gone");
    expect(machine.tree()).toEqual(before);
  }, 20_000);

  test("--region auto takes the address that answers", async () => {
    const offer = (await (await fetch(`${gateway.url}/setup/offer.json`)).json()) as Offer;
    const client = findClient("opencode");
    if (!client) throw new Error("OpenCode is gone.");
    const origin = "https://api.test.invalid";
    const baseUrls = { ...offer.baseUrls, openai: `${origin}/v1` };
    const hosts = [
      { origin: "http://127.0.0.1:1", region: "far", place: "Nowhere" },
      { origin: gateway.url, region: "near", place: "Here" },
    ];
    const machine = machineWith([tool], {});
    const script = renderShell(client, { ...offer, origin, baseUrls, hosts }, await loadPrograms());
    await Bun.write(join(machine.home, "setup.sh"), script);
    const { code, out } = await machine.shell(`sh setup.sh ${gateway.key} --region auto --yes`);
    expect(out).toContain(`Using ${gateway.url}`);
    expect(code).toBe(0);
    expect(live(machine.tree())).toContain(`\\"baseURL\\": \\"${gateway.url}/v1\\"`);
    const unknown = await machine.shell(`sh setup.sh ${gateway.key} --region moon --yes`);
    expect(unknown.err).toContain("There is no region moon; there are: far near");
  }, 20_000);

  test("variables that win over the files are named", async () => {
    const machine = machineWith([tool], {});
    const { out } = await machine.shell(pipe("qwen-code", `${gateway.key} --yes`), {
      OPENAI_API_KEY: "sk-x",
    });
    expect(out).toContain(
      "Note: OPENAI_API_KEY is set in this terminal and wins over the file; run: unset OPENAI_API_KEY",
    );
  });
});

if (requiredProgram("setup scripts with jq", "jq")) {
  test("with jq: plain JSON is edited and undone; what has comments is printed", async () => {
    const text = '{\n  "env": {\n    "FOO": "1"\n  }\n}\n';
    const machine = machineWith(["jq"], { ".claude/settings.json": text });
    const before = machine.tree();
    const first = await machine.shell(pipe("claude-code", `${gateway.key} --yes`));
    expect(first.code).toBe(0);
    expect(first.out).not.toContain(gateway.key);
    const after = machine.tree();
    expect(after[".claude/settings.json"]).toContain(`"ANTHROPIC_AUTH_TOKEN": "${gateway.key}"`);
    expect((await machine.shell(pipe("claude-code", `${gateway.key} --yes`))).out).toContain(
      "Everything is set already.",
    );
    expect(machine.tree()).toEqual(after);
    expect((await machine.shell(pipe("claude-code", "--undo --yes"))).code).toBe(0);
    expect(machine.tree()).toEqual(before);

    const commented = machineWith(["jq"], { ".claude/settings.json": "{ /* x */ }" });
    const told = await commented.shell(pipe("claude-code", `${gateway.key} --yes`));
    expect(told.out).toContain("is not plain JSON");
    expect(commented.tree()[".claude/settings.json"]).toBe("640 { /* x */ }");
  }, 30_000);

  test("with jq: entries of ours in a list are replaced in place", async () => {
    const own = { model: "own", baseUrl: "https://example.com" };
    const ours = { model: "test-model", baseUrl: `${gateway.url}/v1`, apiKey: "old", note: "mine" };
    const stale = { model: "gone", baseUrl: `${gateway.url}/v1/` };
    const machine = machineWith(["jq"], {
      ".factory/settings.json": JSON.stringify({ customModels: [own, ours, stale] }),
    });
    await machine.shell(pipe("factory-droid", `${gateway.key} --yes`));
    const { customModels } = JSON.parse(await Bun.file(join(machine.home, ".factory/settings.json")).text());
    expect(customModels.map(({ model }: { model: string }) => model)).toEqual([
      "own",
      "test-model",
      "claude-test",
    ]);
    expect(customModels[1]).toMatchObject({ apiKey: gateway.key, note: "mine" });
  }, 20_000);
}

test("with neither: the exact lines are printed, and nothing is touched", async () => {
  const machine = machineWith([]);
  const before = machine.tree();
  const { code, out } = await machine.shell(pipe("codex", `${gateway.key} --yes --model other/model`));
  expect(code).toBe(0);
  expect(out).toContain(
    `In ~/.codex/config.toml:\n\nmodel = "other/model"\nmodel_provider = "test-gateway"\n`,
  );
  expect(out).toContain(`export TEST_KEY='${gateway.key}'`);
  expect(machine.tree()).toEqual(before);
});

describe("what is asked", () => {
  test("without a key and without a terminal it says how to give one", async () => {
    const { code, err } = await machineWith(["node"]).shell(`curl -fsSL ${gateway.url}/setup/codex.sh | sh`);
    expect(code).toBe(1);
    expect(err).toContain("sh -s KEY");
  });

  test.each([
    ["sk-ant-api03-x", "That is a key of Anthropic"],
    ["AIzaSyx", "a key of another service"],
    ["'two;words'", "has signs in it that no key has"],
  ])("the key %s is refused", async (key, words) => {
    const machine = machineWith(["node"]);
    const { code, err } = await machine.shell(pipe("codex", `${key} --yes`));
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  test("quotes, spaces and Bearer around a key do no harm; a wrong key is told at the end", async () => {
    const machine = machineWith(["node"], {});
    const good = await machine.shell(pipe("kimi", `' "Bearer ${gateway.key}" ' --yes`));
    expect(good.out).toContain("the key is good");
    const bad = await machine.shell(pipe("kimi", "test_key_000 --yes"));
    expect(bad.code).toBe(1);
    expect(bad.out).toContain("The key was refused (401)");
  }, 20_000);

  test("--dry-run changes nothing; without --yes and a terminal neither", async () => {
    const machine = machineWith(["node"]);
    const before = machine.tree();
    expect((await machine.shell(pipe("opencode", `${gateway.key} --dry-run`))).out).toContain("A dry run");
    const refused = await machine.shell(pipe("opencode", gateway.key));
    expect(refused.err).toContain("add --yes");
    expect(machine.tree()).toEqual(before);
  });
});

if (requiredProgram("setup scripts on a terminal", "script")) {
  test("key and consent are asked for on the terminal, also when piped; the key is not shown", async () => {
    const machine = machineWith(["node"], {});
    const line = `curl -fsSL ${gateway.url}/setup/kimi.sh | sh`;
    const child = Bun.spawn([Bun.which("script") ?? "", "-qec", line, "/dev/null"], {
      env: {
        PATH: `${dirname(machine.home)}/bin`,
        HOME: machine.home,
        SHELL: "/bin/sh",
        NO_PROXY: "127.0.0.1",
      },
      stdin: "pipe",
      stdout: "pipe",
    });
    let shown = "";
    const answers = [
      ["Key of Test Gateway", `${gateway.key}\n`],
      ["[y/N]", "y\n"],
    ];
    for await (const chunk of child.stdout) {
      shown += new TextDecoder().decode(chunk);
      const [question = "", answer = ""] = answers[0] ?? [];
      if (question !== "" && shown.includes(question)) {
        child.stdin.write(answer);
        await child.stdin.flush();
        answers.shift();
      }
    }
    expect(await child.exited).toBe(0);
    expect(shown).toContain("Done.");
    expect(shown).not.toContain(gateway.key);
    expect(machine.tree()[".kimi-code/config.toml"]).toContain(gateway.key);
  }, 20_000);
}

test("quoin setup does the same from the command line, and undoes it", async () => {
  const machine = machineWith(["node"]);
  const before = machine.tree();
  const quoin = (...args: string[]) =>
    run(["node", join(import.meta.dir, "../../bin/quoin.js"), "setup", ...args], {
      env: {
        PATH: process.env.PATH ?? "",
        HOME: machine.home,
        SHELL: "/bin/bash",
        NO_PROXY: "127.0.0.1",
        BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
      },
      cwd: "/",
      msMax: 20_000,
    });
  const done = await quoin("continue", gateway.key, "--url", `${gateway.url}/v1/`, "--yes", "--json");
  expect(JSON.parse(done.out)).toMatchObject({ applied: true, check: { ok: true, status: 200 } });
  const scripted = machineWith(["node"]);
  await scripted.shell(pipe("continue", `${gateway.key} --yes`));
  expect(live(machine.tree())).toBe(live(scripted.tree()));
  const listed = JSON.parse((await quoin("--list", "--json")).out) as {
    clients: { client: string; set_up: boolean }[];
  };
  expect(listed.clients.filter((row) => row.set_up).map((row) => row.client)).toEqual(["continue"]);
  expect((await quoin("continue", "--undo", "--yes")).code).toBe(0);
  expect(machine.tree()).toEqual(before);
}, 40_000);

const python = requiredVariable("parsers of the setup scripts", "QUOIN_TEST_PYTHON");

if (python !== undefined) {
  const scriptOf = async (client: string, suffix: string) =>
    await (await fetch(`${gateway.url}/setup/${client}.${suffix}`)).text();

  test("shellcheck finds nothing in any script", async () => {
    const machine = machineWith([], {});
    for (const { id } of CLIENTS) {
      await Bun.write(join(machine.home, `${id}.sh`), await scriptOf(id, "sh"));
      const checked = await run([join(dirname(python), "shellcheck"), "-s", "sh", `${id}.sh`], {
        env: {},
        cwd: machine.home,
        msMax: 30_000,
      });
      expect(checked).toMatchObject({ code: 0, out: "" });
    }
  }, 120_000);

  test("a PowerShell grammar reads every script without an error", async () => {
    const machine = machineWith([], {});
    for (const { id } of CLIENTS) await Bun.write(join(machine.home, `${id}.ps1`), await scriptOf(id, "ps1"));
    const files = CLIENTS.map(({ id }) => `${id}.ps1`);
    const parsed = await run([python, join(import.meta.dir, "parse_powershell.py"), ...files], {
      env: {},
      cwd: machine.home,
      msMax: 60_000,
    });
    expect(parsed).toMatchObject({ code: 0, out: "" });
  }, 90_000);
}

describe("where models are told to keys alone", () => {
  let closed: RunningGateway;
  const folder = mkdtempSync(join(tmpdir(), "quoin-closed-"));
  beforeAll(async () => {
    const file = join(folder, "quoin.yaml");
    const open = readFileSync(join(import.meta.dir, "quoin.yaml"), "utf8");
    writeFileSync(file, `${open}catalogue: { shown_to: signed-in }\n`);
    closed = await startGateway(file);
  }, 40_000);
  afterAll(async () => {
    await closed.stop();
    rmSync(folder, { recursive: true });
  });
  const line = (client: string, args: string) =>
    `curl -fsSL ${closed.url}/setup/${client}.sh | sh -s -- ${args}`;

  test.each(TOOLS)(
    "with %s the script asks with the key that it is given",
    async (tool) => {
      const machine = machineWith([tool], {});
      const first = await machine.shell(line("opencode", `${closed.key} --yes`));
      expect(first).toMatchObject({ code: 0, err: "" });
      expect(first.out).toContain("The connection works, and the key is good.");
      expect(live(machine.tree())).toContain("claude-test");
      expect((await machine.shell(line("opencode", `${closed.key} --yes`))).out).toContain("set already");
      expect((await machine.shell(line("opencode", "--undo --yes"))).code).toBe(0);
      expect(machine.tree()).toEqual({});
    },
    30_000,
  );

  test("quoin setup asks with the key, too", async () => {
    const at = ["--url", closed.url, "--key"];
    expect(await closed.command("setup", "opencode", ...at, closed.key, "--dry-run")).toContain(
      "claude-test",
    );
    const wrong = closed.command("setup", "opencode", ...at, "test_key_000", "--dry-run");
    await expect(wrong).rejects.toThrow("refused the key");
  }, 20_000);

  test("options go with it, and a wrong key changes nothing", async () => {
    const machine = machineWith(["node"], {});
    const dry = await machine.shell(line("opencode", `${closed.key} --dry-run --model test-model`));
    expect(dry.out).toContain("A dry run");
    const { code, err } = await machine.shell(line("opencode", "test_key_000 --yes"));
    expect([code, err.trim()]).toEqual([
      1,
      "The key was refused (401). Make or copy a key of Test Gateway and run this again.",
    ]);
    expect(machine.tree()).toEqual({});
  }, 20_000);
});
