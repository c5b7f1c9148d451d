/** What the documents, the alerts and the dashboard name is what is told, and all that is told is documented. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { metricsAnswer } from "../../../src/control/metrics/metrics-answer.ts";
import type { Model, Snapshot, Target, Upstream } from "../../../src/core/model.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { requestMeter } from "../../../src/history/request-meter.ts";
import { NOVEMBER, record } from "../../storage/history-contract.ts";
import { type Family, readExposition } from "../../support/exposition.ts";

const ROOT = join(import.meta.dir, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Of a node where everything has happened once. */
async function everything(): Promise<Map<string, Family>> {
  const upstream = { id: "u" } as Upstream;
  const model = { id: "m", targets: [{ upstream, model: "m" } as Target] as readonly Target[] } as Model;
  const snapshot: Pick<Snapshot, "models" | "unpublished" | "upstreams"> = {
    models: [model],
    unpublished: [],
    upstreams: new Map([["u", upstream]]),
  };
  const meter = requestMeter(() => snapshot);
  const used = Object.keys(NO_USAGE).map((kind) => [kind, 1]);
  meter.note(record(NOVEMBER, { usage: Object.fromEntries(used), costNanos: 1n }));
  meter.note(record(NOVEMBER, { outcome: "failed", status: 402, attempts: [] }));
  const answer = await metricsAnswer({
    ...{ version: "1.0.0", meter, snapshot: () => snapshot },
    isCooling: () => false,
    serving: async () => ({
      ...{ requests: 1, permits: 1, chargesWaiting: 0 },
      workers: [{ id: 1, restarts: 0, rssBytes: 1, cpuSeconds: 1 }],
    }),
    waiting: async () => ({ mails: 0, doubtedCharges: 0 }),
  });
  return readExposition(await answer.text());
}

const told = await everything();
const labelsOf = new Map(
  [...told].map(([name, { samples }]) => [
    name,
    new Set(samples.flatMap(({ labels }) => Object.keys(labels))),
  ]),
);

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
const rules = (parse(read("examples/prometheus/alerts.yml")) as Rules).groups.flatMap((group) => group.rules);

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}
const dashboard = JSON.parse(read("examples/prometheus/dashboard.json")) as Dashboard;
const asked = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.annotations.list.map(({ expr }) => ["annotation", expr] as const),
  ...dashboard.templating.list.map(({ definition = "" }) => ["variable", definition] as const),
];

/** The metric that a name in a question stands for: histograms are asked by their parts. */
function metricOf(name: string): string {
  if (told.has(name)) return name;
  const whole = name.replace(/_(?:bucket|sum|count)$/, "");
  return told.get(whole)?.type === "histogram" ? whole : "";
}

/** What Prometheus itself adds to every series. */
const ADDED = new Set(["instance", "job"]);

test.each(asked)("%s asks for what is told, by labels that are there", (_, expr) => {
  const names = expr.match(/\b(?:quoin|process)_[a-z_]+/g) ?? [];
  expect(names.filter((name) => metricOf(name) === "")).toEqual([]);
  for (const [, name = "", matchers = ""] of expr.matchAll(/\b((?:quoin|process)_[a-z_]+)\{([^}]*)\}/g)) {
    const labels = [...matchers.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map(([, label = ""]) => label);
    const known = labelsOf.get(metricOf(name));
    expect([expr, labels.filter((label) => !known?.has(label) && !ADDED.has(label))]).toEqual([expr, []]);
  }
  for (const [open, close] of ["()", "{}", "[]"])
    expect(expr.split(open ?? "").length).toBe(expr.split(close ?? "").length);
});

test("the page names every metric that is told, and no other", () => {
  const page = read("docs/operators/metrics.md");
  const named = new Set(page.match(/\b(?:quoin|process)_[a-z_]+/g));
  expect([...named].sort()).toEqual([...told.keys()].sort());
});

test("the page has a row for each metric, with its kind and its labels", () => {
  const page = read("docs/operators/metrics.md");
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (Counter|Gauge|Histogram)(?: by ([a-z_`, ]+))?: /gm)];
  expect(rows.map(([, name = ""]) => name).sort()).toEqual([...told.keys()].sort());
  for (const [, name = "", type = "", labels = ""] of rows) {
    const written = [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label]) => label);
    const has = [...(labelsOf.get(name) ?? [])].filter((label) => label !== "le");
    expect([name, type.toLowerCase(), written]).toEqual([name, String(told.get(name)?.type), has]);
  }
});

test("the page lists every alert, and no other", () => {
  const page = read("docs/operators/metrics.md");
  const listed = [...page.matchAll(/^\| (Quoin[A-Za-z]+) \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(rules.map(({ alert }) => alert));
});

test("no two panels of the dashboard have one id or lie on each other", () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { gridPos } of panels)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(x).toBeLessThan(24);
        expect(taken.has(`${x} ${y}`)).toBe(false);
        taken.add(`${x} ${y}`);
      }
});

test("names end in their unit, and counters in _total", () => {
  const wrong = [...told].filter(([name, { type }]) => {
    if (type === "counter") return !name.endsWith("_total");
    return name.endsWith("_total") || (type === "histogram" && !name.endsWith("_seconds"));
  });
  expect(wrong.map(([name]) => name)).toEqual([]);
});
