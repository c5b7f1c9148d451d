import type { Spread } from "./ratios.ts";

/** What a scenario found. */
export type ScenarioReport = {
  readonly scenario: string;
  readonly tables: readonly Table[];
  readonly budgets: readonly Budget[];
  readonly notes: readonly string[];
  /** Everything measured, for the JSON. */
  readonly figures: Record<string, unknown>;
  /** It could not be run; the notes say why. */
  readonly failed?: boolean;
};

/** Rows under headings, printed in columns. */
export type Table = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly string[][];
};

/** A limit that the product has set itself, and what was measured against it. */
export type Budget = {
  readonly name: string;
  readonly limit: number;
  readonly better: "higher" | "lower";
  readonly measured: Spread | undefined;
  /** Why nothing was measured. */
  readonly missing?: string;
  /** A disturbed figure passes or fails like another, and is marked. */
  readonly verdict: "PASS" | "FAIL" | "PASS, disturbed" | "FAIL, disturbed" | "not measured";
};

/** A budget with its verdict. The median of the rounds decides. */
export function budget(
  name: string,
  better: Budget["better"],
  limit: number,
  measured: Spread | string,
): Budget {
  if (typeof measured === "string") {
    return {
      name,
      limit,
      better,
      measured: undefined,
      missing: measured,
      verdict: "not measured",
    };
  }
  if (Number.isNaN(measured.median)) return budget(name, better, limit, "no round gave a figure");
  const kept = better === "higher" ? measured.median >= limit : measured.median <= limit;
  const verdict = kept ? "PASS" : "FAIL";
  return { name, limit, better, measured, verdict: measured.disturbed ? `${verdict}, disturbed` : verdict };
}

/** A scenario as text: its tables, then its notes. */
export function renderScenario(report: ScenarioReport): string {
  const parts = [
    `== ${report.scenario} ==`,
    ...report.tables.map(renderTable),
    ...report.notes.map((note) => `- ${note}`),
  ];
  return `${parts.join("\n")}\n`;
}

/** All budgets of a run as one table. */
export function renderBudgets(reports: readonly ScenarioReport[]): string {
  const rows = reports.flatMap(({ scenario, budgets }) =>
    budgets.map((entry) => [
      scenario,
      entry.name,
      `${entry.better === "higher" ? "≥" : "≤"} ${entry.limit}`,
      entry.measured === undefined ? (entry.missing ?? "") : formatSpread(entry.measured, 2),
      entry.verdict,
    ]),
  );
  return renderTable({
    title: "Budgets",
    head: ["scenario", "figure", "budget", "measured", "verdict"],
    rows,
  });
}

/** "1.23 (1.10–1.30)", or only the figure where there was one round. */
export function formatSpread({ median, least, most }: Spread, digits: number): string {
  const range = least === most ? "" : ` (${least.toFixed(digits)}–${most.toFixed(digits)})`;
  return `${median.toFixed(digits)}${range}`;
}

/** A share as a whole percentage. */
export function percent(share: number): string {
  return Number.isNaN(share) ? "?" : `${Math.round(share * 100)} %`;
}

function renderTable({ title, head, rows }: Table): string {
  const widths = head.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return [title, line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line), ""].join(
    "\n",
  );
}
