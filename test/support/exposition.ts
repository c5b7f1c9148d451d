/** Prometheus' text format, read strictly and by rules of its own: what a line may be, and what belongs together. */

const NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
const HELP = new RegExp(`^# HELP (${NAME}) (\\S.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = new RegExp(`(${NAME})="((?:[^"\\\\]|\\\\["\\\\n])*)"(?:,|$)`, "y");
const SUFFIXES = { histogram: ["_bucket", "_sum", "_count"], counter: [""], gauge: [""] } as const;

export interface Family {
  readonly help: string;
  readonly type: keyof typeof SUFFIXES;
  readonly samples: {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = "", value = ""] = LABEL.exec(text) ?? [];
    if (name === "") throw new Error(`no labels: ${text}`);
    if (Object.hasOwn(labels, name)) throw new Error(`the label ${name} is there twice: ${text}`);
    labels[name] = value;
  }
  return labels;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`no number: ${text}`);
  return value;
}

/** All metrics by name. @throws Error where a line is none of the format, or stands where it must not */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: readonly string[] = [];
  let current: readonly [string, Family] | undefined;
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const isHelp = HELP.exec(line);
    const isType = TYPE.exec(line);
    if (isHelp) help = isHelp.slice(1);
    else if (isType) {
      const [, name = "", type = "gauge"] = isType;
      if (help[0] !== name || families.has(name)) throw new Error(`out of order: ${line}`);
      current = [name, { help: help[1] ?? "", type: type as Family["type"], samples: [] }];
      families.set(...current);
    } else {
      const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
      if (!current) throw new Error(`before any type: ${line}`);
      const [of, { type, samples }] = current;
      if (!SUFFIXES[type].some((suffix) => name === of + suffix)) throw new Error(`not of ${of}: ${line}`);
      const key = line.slice(0, line.lastIndexOf(" "));
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      samples.push({ name, labels: labelsOf(labels), value: numberOf(value) });
    }
  }
  return families;
}

/** The values of a metric, or of a part of it such as `_count`, by those of their labels in a row. */
export function valuesOf(families: Map<string, Family>, name: string, part = ""): Record<string, number> {
  const samples = families.get(name)?.samples ?? [];
  return Object.fromEntries(
    samples
      .filter((sample) => sample.name === name + part)
      .map(({ labels, value }) => [Object.values(labels).join(" "), value]),
  );
}
