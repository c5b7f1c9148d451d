import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type RunningGateway, startGateway } from "../../clients/gateway.ts";
import { requiredFile } from "../../clients/required-tool.ts";
import { newFolder } from "../support/folder.ts";
import { startLoopbackStripe } from "../support/stripe/loopback-stripe.ts";
import { until } from "../support/until.ts";

const WALK_MS_MAX = 240_000;
const CONFIG = `plans:
  - { id: default, key_prefix: qn_live_ }
  - id: team
    key_prefix: qn_team_
    price: { month: "20.00", seat: "8.00" }
    shown: { name: Team, seats_min: 2 }
currencies: [{ code: EUR, rate: "0.92", from: 2026-01-01 }]
`;

interface Found {
  readonly steps: readonly string[];
  readonly serious: readonly string[];
  readonly errors: readonly string[];
  readonly overflowing: readonly string[];
  readonly refused: readonly string[];
  readonly interactiveMs: number;
}

/** Walks while this process gives the new account money in between. */
async function walk(gateway: RunningGateway): Promise<Found> {
  const { link } = await gateway.json<{ link: string }>("claim");
  const accountFile = join(gateway.folder, "account");
  const program = join(import.meta.dir, "walk.mjs");
  const walker = Bun.spawn(["node", program, link, accountFile], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const walked = new Response(walker.stdout).text();
  const named = () => Bun.file(accountFile).exists();
  await Promise.race([walked, until("the sign-up", named, WALK_MS_MAX)]);
  if (await named()) {
    const account = await Bun.file(accountFile).text();
    await gateway.command("wallet", "top-up", "--account", account, "--amount", "5");
    await rm(accountFile);
  }
  return JSON.parse(await walked) as Found;
}

if (requiredFile("console in a browser", "/usr/bin/chromium", "install Debian's package chromium")) {
  describe("the console in a browser", () => {
    const stripe = startLoopbackStripe();
    const folder = newFolder();
    let gateway: RunningGateway;
    let found: Found;
    beforeAll(async () => {
      await Bun.write(join(folder.path, "quoin.yaml"), CONFIG);
      gateway = await startGateway(join(folder.path, "quoin.yaml"), stripe.env);
      stripe.state.hears = gateway.url;
      // The bundle is made at the first request, once for every machine.
      await fetch(`${gateway.url}/console`);
      found = await walk(gateway);
      // A figure, not a test: on a busy machine it says nothing.
      console.log(`the first page could be used after ${Math.round(found.interactiveMs)} ms`);
    }, WALK_MS_MAX);
    afterAll(async () => {
      expect(await gateway.stop()).toBe(0);
      await stripe.close();
      folder.remove();
    }, WALK_MS_MAX);

    test("people sign up, make a key by keyboard alone, and see its request arrive", () => {
      expect(found.errors).toEqual([]);
      expect(found.refused).toEqual([]);
      expect(found.steps).toEqual([
        "signed up by keyboard",
        "made a key by keyboard",
        "saw the request arrive",
        "closed the drawer with Escape",
        "talked in the playground",
        "answered a model's call by hand",
        "read what a request said",
        "turned automatic top-up on",
        "chose a plan, ended it and kept it",
        "saw and paid amounts in another currency",
      ]);
    });

    test("axe finds nothing serious on any page, wide and on a phone, light and dark", () => {
      expect(found.serious).toEqual([]);
    });

    test("no page is wider than its window", () => {
      expect(found.overflowing).toEqual([]);
    });
  });
}
