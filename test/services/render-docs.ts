import { DOCUMENTS } from "./documents.ts";
import type { PublishedPages, Statement } from "./statement.ts";

interface Counts {
  readonly checked: number;
  readonly unchecked: number;
  readonly differing: number;
}

export function countsOf({ sections }: PublishedPages): Counts {
  const all = sections.flatMap(({ statements }) => statements);
  const count = (is: (statement: Statement) => unknown) => all.filter(is).length;
  return {
    checked: count(({ check }) => check),
    unchecked: count(({ unchecked }) => unchecked),
    differing: count(({ differs }) => differs),
  };
}

export function countLine(document: PublishedPages): string {
  const { checked, unchecked, differing } = countsOf(document);
  return `${document.name}: ${checked} checked (${differing} of them otherwise than written), ${unchecked} not checkable`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function outcome({ check, differs, unchecked }: Statement): string {
  if (check) return differs === undefined ? "checked" : `checked; ${differs}`;
  return `not checkable: ${unchecked}`;
}

function rowsOf({ name, sections }: PublishedPages): string {
  const rows = sections.flatMap(({ title, statements }) =>
    statements.map((statement) => `| ${title} | ${cell(statement.says)} | ${cell(outcome(statement))} |`),
  );
  const head = `### ${name}\n\n| where | what it says, in our words | here |\n|---|---|---|`;
  return [head, ...rows].join("\n");
}

function countRow(document: PublishedPages): string {
  const { checked, unchecked, differing } = countsOf(document);
  const { name, example } = document;
  const file = `[${example}.yaml](../../examples/${example}.yaml)`;
  return `| ${name} | ${file} | ${checked} | ${differing} | ${unchecked} |`;
}

/** What of docs/operators/services.md is made from the tables of statements. */
export function renderStatements(): string {
  const counts = DOCUMENTS.map(countRow).join("\n");
  return `| document | file | checked | of these otherwise | not checkable |
|---|---|---|---|---|
${counts}

${DOCUMENTS.map(rowsOf).join("\n\n")}
`;
}

export const MARK = "<!-- from here on: made by test/services/write-docs.ts -->\n\n";
