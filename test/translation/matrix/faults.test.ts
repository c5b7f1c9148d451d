import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FAULTS, type Fault } from "./seeded-faults.ts";

/**
 * Who judges the judge: each fault is put into a copy of the source, where the cases that are named must fail;
 * in the copy without a fault they pass.
 */
const ROOT = resolve(import.meta.dir, "../../..");
const MATRIX = "test/translation/matrix";
const WORKERS = 2;
const JUDGES = ["requests", "answers", "cuts", "round-trips"] as const;
type Judge = (typeof JUDGES)[number];

const copies: string[] = [];

function newCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), "quoin-faults-"));
  copies.push(folder);
  cpSync(join(ROOT, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(ROOT, MATRIX), join(folder, MATRIX), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly said: string;
}

async function judge(folder: string, name: Judge, cases: string): Promise<Verdict> {
  const command = [process.execPath, "test", `${MATRIX}/${name}.test.ts`, "-t", `^(${escaped(cases)})`];
  const child = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const said = await new Response(child.stderr).text();
  await child.exited;
  return { passed: counted(said, "pass"), failed: counted(said, "fail"), said };
}

/** `|` and `$` mean what they mean in patterns. */
function escaped(cases: string): string {
  return cases.replace(/[.()[\]*+?]/g, "\\$&").replaceAll("$", " ");
}

function counted(said: string, word: "pass" | "fail"): number {
  return Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(said)?.[1] ?? 0);
}

const verdicts = new Map<Fault, Verdict | string>();
const sound = new Map<Judge, Verdict>();

async function work(folder: string, jobs: (() => [Fault] | [Judge, string])[]): Promise<void> {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const [what, cases] = job();
    if (typeof what === "string") sound.set(what, await judge(folder, what, cases ?? ""));
    else verdicts.set(what, await tryFault(folder, what));
  }
}

async function tryFault(folder: string, fault: Fault): Promise<Verdict | string> {
  const path = join(folder, "src", fault.file);
  const source = readFileSync(path, "utf8");
  const places = source.split(fault.right).length - 1;
  if (places !== 1) return `stands ${places} times in src/${fault.file}: ${fault.right}`;
  writeFileSync(
    path,
    source.replace(fault.right, () => fault.wrong),
  );
  const verdict = await judge(folder, fault.judge, fault.cases);
  writeFileSync(path, source);
  return verdict;
}

beforeAll(async () => {
  const jobs = [
    ...JUDGES.map((name) => () => {
      const cases = FAULTS.filter((fault) => fault.judge === name).map((fault) => fault.cases);
      return [name, cases.join("|")] as [Judge, string];
    }),
    ...FAULTS.map((fault) => () => [fault] as [Fault]),
  ];
  await Promise.all(Array.from({ length: WORKERS }, () => work(newCopy(), jobs)));
}, 300_000);

afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

describe("without a fault the cases pass", () => {
  for (const name of JUDGES) {
    test(name, () => {
      const { passed = 0, failed, said } = sound.get(name) ?? {};
      expect(passed, said).toBeGreaterThan(0);
      expect(failed, said).toBe(0);
    });
  }
});

describe("a fault is noticed", () => {
  for (const fault of FAULTS) {
    test(fault.name, () => {
      const verdict = verdicts.get(fault);
      if (verdict === undefined || typeof verdict === "string") throw new Error(verdict ?? "was not tried");
      expect(verdict.failed, verdict.said.slice(-2_000)).toBeGreaterThan(0);
    });
  }
});
