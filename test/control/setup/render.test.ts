import { describe, expect, test } from "bun:test";
import { CLIENTS, findClient, jobFor } from "../../../src/control/setup/clients.ts";
import { maskKey } from "../../../src/control/setup/editor/diff.ts";
import { fillJob } from "../../../src/control/setup/editor/job.ts";
import { slugOf } from "../../../src/control/setup/make-offer.ts";
import type { Offer } from "../../../src/control/setup/offer.ts";
import { clientPage, listPage, listText } from "../../../src/control/setup/pages.ts";
import { loadPrograms, renderPower, renderShell } from "../../../src/control/setup/render.ts";
import { readFiles } from "../../tidy/source-tree.ts";

const HOSTILE = "x'; touch /tmp/owned; echo '$(id)`id`\"@'";

const offer: Offer = {
  name: `Evil ${HOSTILE} “日本”`,
  slug: "evil",
  keyVariable: "EVIL_KEY",
  keyPrefix: "ev_",
  origin: "https://eu.example.com",
  baseUrls: {
    anthropic: "https://eu.example.com/api",
    openai: "https://eu.example.com/openai/v1",
    gemini: "https://eu.example.com/gemini",
    codex: "https://eu.example.com/openai",
  },
  hosts: [
    { origin: "https://us.example.com", region: "us", place: HOSTILE },
    { origin: "https://eu.example.com", region: "eu", place: "Frankfurt" },
  ],
  models: [
    {
      id: `m${HOSTILE.replaceAll(" ", "")}`,
      displayName: HOSTILE,
      contextTokens: 1,
      outputTokensMax: 1,
      protocols: ["openai-chat"],
    },
  ],
  withheld: false,
};
const programs = await loadPrograms();

describe.each(CLIENTS.map((client) => [client.id, client] as const))("the scripts for %s", (_, client) => {
  const shell = renderShell(client, offer, programs);
  const power = renderPower(client, offer, programs);

  test("are ASCII, filled in, and hold nothing that ends their texts early", () => {
    for (const script of [shell, power]) {
      expect(/^[\n\x20-\x7e\t]*$/.test(script)).toBe(true);
      expect(/@@\w+@@/.test(script)).toBe(false);
    }
    for (const mark of ["JOB", "PASTE", "LINES"])
      expect(shell.match(new RegExp(`^SETUP_${mark}_END$`, "gm"))?.length).toBe(1);
    expect(power.match(/^'@/gm)?.length).toBe(5);
  });

  test("run nothing of what names say", () => {
    // Everything up to the first command, and then none: what is quoted wrongly would run or fail to parse.
    const checked = Bun.spawnSync(["sh", "-n"], { stdin: new TextEncoder().encode(shell) });
    expect(checked.stderr.toString()).toBe("");
    const help = Bun.spawnSync(["sh", "-s", "--", "--help"], {
      stdin: new TextEncoder().encode(shell),
      env: { HOME: "/nonexistent", PATH: process.env.PATH ?? "" },
    });
    expect(help.stdout.toString()).toStartWith("curl -fsSL https://eu.example.com/setup/");
    expect(help.stderr.toString()).toBe("");
  });
});

test("addresses move to the region that was chosen, and nothing else does", () => {
  const client = findClient("codex");
  if (!client) throw new Error("Codex is gone.");
  const job = fillJob(jobFor(client, offer), { key: "K", origin: "https://us.example.com" });
  const text = JSON.stringify(job.files);
  expect(text).toContain('"https://us.example.com/openai"');
  expect(text).not.toContain("eu.example.com");
  expect(text).toContain('"K"');
});

test("pages escape names", () => {
  const client = findClient("cursor");
  for (const page of [listPage(offer), client ? clientPage(client, offer) : ""])
    expect(page).not.toContain("<id");
  const html = listPage({ ...offer, name: "<script>alert(1)</script>" });
  expect(html).toContain("&lt;script&gt;");
  expect(html).not.toContain("<script>");
  expect(listText(offer)).toContain("claude-code");
});

test.each([
  ["QCode.cc", "qcode-cc"],
  ["OpenAI", "my-openai"],
  ["日本", "gateway"],
  ["--A  b--", "a-b"],
])("the service %s is the provider %s", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test.each([
  ["qn_live_abcdefghijklmnop1234", "qn_live_...1234"],
  ["sk-ant-api03-abcdefghijklmnop", "sk-ant-...mnop"],
  ["abc", "...abc"],
])("of the key %s is shown %s", (key, shown) => {
  expect(maskKey(key)).toBe(shown);
});

test("every client is in docs/clients/setup.md", async () => {
  const page = (await readFiles("docs/clients/setup.md")).get("docs/clients/setup.md") ?? "";
  expect(CLIENTS.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
});
