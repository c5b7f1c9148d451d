import { copyFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { table } from "../base/table.ts";
import { knownAt } from "../config/known-at.ts";
import { compilePrice } from "../config/prices.ts";
import type { Config, ModelConfig, PriceConfig } from "../config/types.ts";
import { CommandError } from "../control/operation.ts";
import { formatUsd } from "../core/money.ts";
import { comparePrices, type PriceChange, type PriceLines, priceLines } from "../core/price-lines.ts";
import { readConfigText, resolveNow } from "../home.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { declaredRows } from "./declared-rows.ts";
import { readOptions } from "./options.ts";

type Prices = Readonly<Record<string, PriceLines>>;

/** The list price of the first target that the catalogue knows. */
function catalogPrice(model: ModelConfig, { upstreams }: Config): PriceConfig | undefined {
  for (const target of model.targets) {
    const upstream = upstreams.find(({ id }) => id === target.upstream);
    const known = upstream && knownAt(upstream, target.model);
    if (known) return known.price;
  }
  return undefined;
}

function listOf(
  models: readonly ModelConfig[],
  price: (model: ModelConfig) => PriceConfig | undefined,
): Prices {
  const rows = models.flatMap((model) => {
    const found = price(model);
    return found ? [[model.id, priceLines(compilePrice(found))] as const] : [];
  });
  return Object.fromEntries(rows);
}

function only(prices: Prices, models: Prices): Prices {
  return Object.fromEntries(Object.entries(prices).filter(([model]) => Object.hasOwn(models, model)));
}

const shown = (nanos: string | undefined) => (nanos === undefined ? "" : `$${formatUsd(BigInt(nanos))}`);

function show(title: string, changes: readonly PriceChange[]): string {
  if (changes.length === 0) return `${title}: no difference.`;
  const rows = changes.map(({ model, kind, from, to }) => [model, kind, shown(from), shown(to)]);
  return `${title}:\n${table(["model", "kind, per million", "now", "then"], rows)}`;
}

const jsonChanges = (changes: readonly PriceChange[]) =>
  changes.map(({ model, kind, from, to }) => ({
    model,
    kind,
    from_nanos: from ?? null,
    to_nanos: to ?? null,
  }));

interface Running {
  readonly price_version: number;
  readonly prices: Prices;
}

interface Compared {
  readonly version: number;
  readonly config: Config;
  readonly text: string | undefined;
  /** From the running list to quoin.yaml as it is now; models declared in the console have their prices there. */
  readonly file: readonly PriceChange[];
  /** From the running list to the vendors' list prices, of the models that the catalogue knows. */
  readonly catalog: readonly PriceChange[];
}

async function compare(context: CommandContext): Promise<Compared> {
  const running = (await call(context, "prices.list", {})) as Running;
  const text = readConfigText(context.settings);
  const { config } = await resolveNow(context.settings, context.env, text);
  const catalog = listOf(config.models, (model) => catalogPrice(model, config));
  const rows = (await declaredRows(context)) ?? [];
  const inConsole = new Set(rows.filter(({ kind }) => kind === "model").map(({ id }) => id));
  const ofFile = (prices: Prices): Prices =>
    Object.fromEntries(Object.entries(prices).filter(([model]) => !inConsole.has(model)));
  return {
    version: running.price_version,
    config,
    text,
    file: comparePrices(ofFile(running.prices), ofFile(listOf(config.models, ({ price }) => price))),
    catalog: comparePrices(only(running.prices, catalog), catalog),
  };
}

/** Takes the `price` out of every model of quoin.yaml that the catalogue knows: it costs the list price then. */
function withListPrices(text: string, config: Config): { text: string; models: string[] } {
  const document = parseDocument(text);
  const known = new Map(config.models.map((model) => [model.id, catalogPrice(model, config) !== undefined]));
  const written = (document.toJS() as { models?: { id: string; price?: unknown }[] }).models ?? [];
  const models: string[] = [];
  for (const [index, { id, price }] of written.entries()) {
    if (price === undefined || known.get(id) !== true) continue;
    document.deleteIn(["models", index, "price"]);
    models.push(id);
  }
  return { text: document.toString({ lineWidth: 0 }), models };
}

async function importPrices(context: CommandContext, write: boolean, json: boolean): Promise<void> {
  const { config, text, catalog, version } = await compare(context);
  const imported = text === undefined ? undefined : withListPrices(text, config);
  const { configFile } = context.settings;
  if (write && imported && imported.models.length > 0) {
    copyFileSync(configFile, `${configFile}.before-import`);
    writeFileSync(configFile, imported.text);
  }
  const models = imported?.models ?? [];
  if (json) {
    print(JSON.stringify({ price_version: version, written: write, models, changes: jsonChanges(catalog) }));
    return;
  }
  const done = write ? "Taken out" : "With --write these lose";
  const mend =
    models.length === 0
      ? "No model of quoin.yaml has a price of its own that the catalogue knows."
      : `${done} their own price, and cost the vendor's list price: ${models.join(", ")}.`;
  print(`${show("From the running list to the vendors' list prices", catalog)}\n${mend}`);
}

/** `quoin prices diff` shows what would change; `import` makes models cost the vendors' list prices. */
export const prices: Command = async (context) => {
  const [word, ...rest] = context.args;
  if (word !== "diff" && word !== "import") throw new UsageError("quoin prices takes one of: diff, import.");
  const options = readOptions(rest, { json: "boolean", write: "boolean" });
  const json = options.flag("json");
  if (word === "import") {
    await importPrices(context, options.flag("write"), json);
    return 0;
  }
  if (options.flag("write")) throw new CommandError("quoin prices diff writes nothing; import does.");
  const { version, file, catalog } = await compare(context);
  if (json) {
    print(JSON.stringify({ price_version: version, file: jsonChanges(file), catalog: jsonChanges(catalog) }));
    return 0;
  }
  print(show(`From the running list (version ${version}) to quoin.yaml`, file));
  print(show("From the running list to the vendors' list prices", catalog));
  return 0;
};
