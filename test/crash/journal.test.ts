import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit } from "./auditor/audit.ts";
import { type JournalFile, newestJournal, nextPathOf, overwrite } from "./journal-file.ts";
import { startLoad } from "./load.ts";
import { kill9, placeAt, quoin, startServer } from "./product.ts";
import { readCharges } from "./tables.ts";
import {
  expectBooks,
  expectCharges,
  gatewayAt,
  newWorld,
  openAccounts,
  remember,
  type World,
} from "./world.ts";

const CLIENTS = 12;
const LINES_NEEDED = 12;
const LIMIT_MS = 30_000;

/** A home whose server was killed under load, with charges in its journal; each test has a copy. */
let killed: World;
let copies = 0;

beforeAll(async () => {
  killed = await newWorld(11);
  const server = startServer(killed.place);
  await openAccounts(killed);
  const load = startLoad(gatewayAt(killed, await server.port), CLIENTS, () => killed.plan());
  while (load.seen.length < LINES_NEEDED * CLIENTS) await Bun.sleep(5);
  const asked = load.stop();
  await kill9(server);
  await asked;
  remember(killed, load.seen, true);
  expect(newestJournal(killed.place.home).lines.length).toBeGreaterThan(LINES_NEEDED);
}, LIMIT_MS);

afterAll(() => killed.remove());

function copyOfKilled(): World {
  const { place } = killed;
  const home = join(place.folder, `copy-${++copies}`);
  cpSync(place.home, home, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  return { ...killed, place: placeAt(place, home) };
}

async function expectStarts(world: World, check: (world: World) => Promise<unknown>): Promise<void> {
  const server = startServer(world.place);
  await server.port;
  await check(world);
  server.kill("SIGTERM");
  expect(await server.exited).toBe(0);
}

/** `serve` and every command refuse with one sentence that names the line. */
async function expectRefused(world: World, line: string): Promise<void> {
  for (const args of [["serve"], ["wallet", "show", "--account", "load-a"], ["ledger", "prove"]]) {
    const { code, stderr } = await quoin(world.place, ...args);
    expect(stderr).toContain(line);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  }
}

describe("a line that the crash tore, which nobody had been promised", () => {
  const torn: Record<string, (line: Buffer) => void> = {
    "its first half": (line) => void line.fill(0, line.length >> 1),
    "garbage in it": (line) => void line.fill(0x7e, line.length >> 1, (line.length >> 1) + 3),
    "a page of it missing": (line) => void line.fill(0, line.length >> 2, line.length >> 1),
    "all but its end missing": (line) => void line.fill(0, 0, line.length - 5),
  };
  for (const [name, tear] of Object.entries(torn)) {
    test(
      `${name}: the server starts, and all that was acknowledged is there`,
      async () => {
        const world = copyOfKilled();
        const { path, bytes, lines } = newestJournal(world.place.home);
        const last = lines.at(-1) ?? { start: 0, end: 0 };
        const line = Buffer.from(bytes.subarray(last.start, last.end));
        tear(line);
        overwrite(path, last.end, line);
        await expectStarts(world, expectCharges);
      },
      LIMIT_MS,
    );
  }
});

test(
  "a last line cut short: the server starts, and the lines before it are all there",
  async () => {
    const world = copyOfKilled();
    const { path, lines } = newestJournal(world.place.home);
    const last = lines.at(-1) ?? { start: 0, end: 0, requestIds: [] };
    overwrite(path, last.end - 20, new Uint8Array(20));
    const server = startServer(world.place);
    await server.port;
    const charges = readCharges(world.place.home);
    const charged = new Set(charges.map(({ id }) => id));
    const lost = last.requestIds.filter((id) => !charged.has(id));
    audit(
      world.requests.filter(({ id }) => id === undefined || !lost.includes(id)),
      charges,
    );
    await kill9(server);
  },
  LIMIT_MS,
);

describe("a damaged line before whole ones is a damaged disk", () => {
  const damages: Record<string, (file: JournalFile) => number> = {
    "a bit": ({ path, bytes, lines }) => {
      const at = (lines[3]?.start ?? 0) + 40;
      overwrite(path, at, Uint8Array.of((bytes[at] ?? 0) ^ 1));
      return 4;
    },
    "a line feed": ({ path, lines }) => {
      overwrite(path, (lines[3]?.end ?? 0) - 1, Uint8Array.of(0x20));
      return 4;
    },
    "a page of zeros": ({ path, lines }) => {
      const from = lines[3]?.start ?? 0;
      overwrite(path, from, new Uint8Array((lines[5]?.start ?? 0) + 10 - from));
      return 4;
    },
    "the end of a file with a later one": (file) => {
      const { path, bytes, lines } = file;
      const from = lines[8]?.start ?? 0;
      writeFileSync(nextPathOf(file), bytes.subarray(from));
      overwrite(path, from - 20, new Uint8Array(bytes.length - from + 20));
      return 8;
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(
      `${name}: nothing starts, and what is said names the file and the line`,
      async () => {
        const world = copyOfKilled();
        const file = newestJournal(world.place.home);
        const line = damage(file);
        await expectRefused(world, `${file.path}:${line} is damaged`);

        writeFileSync(file.path, file.bytes);
        rmSync(nextPathOf(file), { force: true });
        await expectStarts(world, expectCharges);
      },
      LIMIT_MS,
    );
  }
});

test(
  "a start that fails between its journal and its history loses neither",
  async () => {
    const world = copyOfKilled();
    const history = join(world.place.home, "history");
    renameSync(history, `${history}.away`);
    writeFileSync(history, "not a folder");
    const { code, stderr } = await quoin(world.place, "serve");
    expect(stderr).not.toBe("");
    expect(code).toBe(1);
    rmSync(history);
    renameSync(`${history}.away`, history);
    await expectStarts(world, expectBooks);
  },
  LIMIT_MS,
);
