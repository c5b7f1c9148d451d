/** Every statement of the documents of four services, held against a gateway that runs from the service's file. */
import { afterAll, beforeAll, describe, test } from "bun:test";
import { requiredProgram, requiredVariable } from "../../clients/required-tool.ts";
import { DOCUMENTS } from "./documents.ts";
import { pythonOrNone } from "./snippets.ts";
import type { PublishedPages, Statement, Tool } from "./statement.ts";
import { openWorld, type World } from "./world.ts";

const MS_MAX = 30_000;

const known = new Map<Tool, boolean>();

function look(tool: Tool): boolean {
  if (tool !== "python") return requiredProgram(`samples that want ${tool}`, tool);
  return (
    pythonOrNone() !== undefined ||
    requiredVariable("samples for Python's SDKs", "QUOIN_TEST_PYTHON") !== undefined
  );
}

function hasTool(tool: Tool | undefined): boolean {
  if (tool === undefined) return true;
  const has = known.get(tool) ?? look(tool);
  known.set(tool, has);
  return has;
}

function declare({ says, check, needs }: Statement, world: () => World): void {
  if (check && hasTool(needs)) test(says, async () => void (await check(world())), MS_MAX);
}

function describeDocument({ name, example, sections }: PublishedPages): void {
  describe(name, () => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld(example);
    }, MS_MAX);
    afterAll(() => world.close(), MS_MAX);
    for (const { title, statements } of sections)
      describe(title, () => {
        for (const statement of statements) declare(statement, () => world);
      });
  });
}

for (const document of DOCUMENTS) describeDocument(document);
