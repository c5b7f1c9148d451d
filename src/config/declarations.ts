import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { inTurns } from "../base/in-turns.ts";
import type { Log } from "../core/log.ts";
import { changedFields, changedMeanwhile, refuseFaulty, refuseHarm } from "./change-declared.ts";
import { type Fields, openCredentials } from "./credentials.ts";
import { DeclarationRefused } from "./declaration-refused.ts";
import {
  type DeclaredKind,
  type DeclaredRow,
  type DeclaredStore,
  isSettingId,
  type SettingId,
} from "./declared.ts";
import { type Base, type DeclaredView, isThe, layRows, problemText, rowOf, viewOf } from "./declared-rows.ts";
import { DEFAULT_PLAN } from "./defaults.ts";
import type { DeclaredEntry, Laid, LeftOut } from "./lay-over.ts";
import { lineKey } from "./resolve.ts";
import type { Config } from "./types.ts";

/** file: quoin.yaml · console: the management API · discovered: nobody declared it. */
export const SOURCES = ["file", "console", "discovered"] as const;
export type Source = (typeof SOURCES)[number];

/** What operators declared in the console, in force over quoin.yaml or over what was discovered. */
export interface Declarations {
  /** What runs. */
  config(): Config;
  leftOut(): readonly LeftOut[];
  sourceOf(kind: DeclaredKind, id: string): Source;
  /** The line of quoin.yaml that declares it; undefined where the file does not. */
  lineOf(kind: DeclaredKind, id: string): number | undefined;
  views(): DeclaredView[];
  /** Another file, or other things found, under what was declared. */
  setBase(base: Base): Promise<void>;
  /** Reads what was declared anew, as another node may have changed it. */
  reload(): Promise<void>;
  /** @throws DeclarationRefused */
  create(kind: DeclaredKind, fields: Fields, by: string): Promise<DeclaredView>;
  /**
   * See `changedFields`.
   * @throws DeclarationRefused
   */
  change(kind: DeclaredKind, id: string, changes: Fields, by: string): Promise<ChangedViews>;
  /**
   * Declares a section as a whole, in place of what was declared of it here.
   * @throws DeclarationRefused where quoin.yaml has it, where it is not valid, or where it was changed meanwhile
   */
  put(section: Section, by: string): Promise<ChangedViews<DeclaredView | undefined>>;
  /**
   * What would be in force with these besides; of one that is declared here only the changes are given. Nothing is
   * stored.
   * @throws DeclarationRefused
   */
  tryOut(entries: readonly Pick<DeclaredEntry, "kind" | "fields">[]): Promise<Config>;
  /**
   * @returns what it was
   * @throws DeclarationRefused where something needs it
   */
  remove(kind: DeclaredKind, id: string): Promise<DeclaredView>;
}

/** A section as it is declared, as a whole. */
interface Section {
  readonly id: SettingId;
  readonly fields: Fields;
  /** Of what it replaces, 0 where nothing was declared; undefined: whatever is there. */
  readonly wasUpdatedAt?: number | undefined;
}

interface ChangedViews<Before = DeclaredView> {
  readonly before: Before;
  readonly after: DeclaredView;
}

export interface DeclarationsOptions {
  readonly store: DeclaredStore;
  readonly base: Base;
  readonly secret: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Puts a configuration in force. */
  readonly use: (config: Config) => Promise<void>;
  /** A sentence on who needs it besides other declarations; undefined: nobody. */
  readonly usersOf: (kind: DeclaredKind, id: string) => Awaitable<string | undefined>;
}

/** Whether there is one, whoever declared it. */
function bears({ config }: Pick<Base, "config">, kind: DeclaredKind, id: string): boolean {
  return kind === "setting" ? isSettingId(id) : config[`${kind}s`].some((one) => one.id === id);
}

/** The built-in plan, too, comes by itself. */
function isDiscovered({ config, discovered, lines }: Base, kind: DeclaredKind, id: string): boolean {
  if (kind === "setting") return !lines.has(lineKey(kind, id));
  if (kind === "plan") return config.plans.some((plan) => plan.id === id && plan === DEFAULT_PLAN);
  return discovered[`${kind}s`].includes(id);
}

interface State {
  base: Base;
  rows: readonly DeclaredRow[];
  laid: Laid;
}

async function apply(
  { use, log, secret }: DeclarationsOptions,
  state: State,
  next: Pick<State, "base" | "rows">,
) {
  const laid = layRows(next.base, next.rows, secret);
  await use(laid.config);
  for (const one of laid.leftOut)
    if (!state.laid.leftOut.some(isThe(one.kind, one.id)))
      log("warn", `the ${one.kind} "${one.id}" of the console is left out: ${problemText(one)}`);
  Object.assign(state, next, { laid });
}

/** Checks the rows as they would be, stores the one that is new, and puts all in force. */
async function commit(
  options: DeclarationsOptions,
  state: State,
  { kind, id }: Pick<DeclaredRow, "kind" | "id">,
  rows: readonly DeclaredRow[],
  write: () => Awaitable<boolean>,
): Promise<void> {
  const { base } = state;
  const before = layRows(base, state.rows, options.secret);
  refuseHarm(before, layRows(base, rows, options.secret), kind, id);
  if (!(await write())) throw changedMeanwhile(kind, id);
  await apply(options, state, { base, rows });
}

function requireRow({ base, rows }: State, kind: DeclaredKind, id: string): DeclaredRow {
  const row = rows.find(isThe(kind, id));
  if (row) return row;
  if (!bears(base, kind, id))
    throw new DeclarationRefused(
      "not_found",
      `There is no ${kind} "${id}"; list them to see those that are.`,
    );
  const text = isDiscovered(base, kind, id)
    ? `The ${kind} "${id}" comes by itself and is not declared here.`
    : `The ${kind} "${id}" is declared in quoin.yaml; change it there.`;
  throw new DeclarationRefused("conflict", text);
}

/** Discovered models and the built-in plan may be declared otherwise; a discovered upstream has its key elsewhere. */
function refuseTaken({ base, rows }: State, kind: DeclaredKind, id: string): void {
  const fromFile = bears(base, kind, id) && !(kind !== "upstream" && isDiscovered(base, kind, id));
  if (!fromFile && !rows.some(isThe(kind, id))) return;
  const where = rows.some(isThe(kind, id))
    ? "here"
    : isDiscovered(base, kind, id)
      ? "by itself"
      : "in quoin.yaml";
  throw new DeclarationRefused(
    "conflict",
    `There is a ${kind} "${id}" ${where} already; choose another id.`,
    "id",
  );
}

async function create(
  options: DeclarationsOptions,
  state: State,
  kind: DeclaredKind,
  fields: Fields,
  by: string,
) {
  const { secret, store, clock } = options;
  const id = idOf(fields);
  refuseTaken(state, kind, id);
  const row = rowOf(secret, { kind, id, fields }, { updatedAt: clock.now(), updatedBy: by });
  await commit(options, state, row, [...state.rows, row], () => store.add(row));
  return viewOf(row, state.laid, secret);
}

const idOf = ({ id }: Fields): string => (typeof id === "string" ? id : "");

/** The fields of a row, its credentials among them. */
const storedFields = (secret: string, { content, sealed, id }: DeclaredRow): Fields => ({
  ...JSON.parse(content),
  ...openCredentials(secret, id, sealed),
});

async function put(
  options: DeclarationsOptions,
  state: State,
  { id, fields, wasUpdatedAt }: Section,
  by: string,
) {
  const { secret, store, clock } = options;
  const line = state.base.lines.get(lineKey("setting", id));
  if (line !== undefined) {
    const text = `"${id}" is declared in quoin.yaml, line ${line}; change it there, or remove it there first.`;
    throw new DeclarationRefused("conflict", text);
  }
  const was = state.rows.find(isThe("setting", id));
  if (wasUpdatedAt !== undefined && wasUpdatedAt !== (was?.updatedAt ?? 0))
    throw changedMeanwhile("setting", id);
  const before = was && viewOf(was, state.laid, secret);
  const updatedAt = Math.max(clock.now(), (was?.updatedAt ?? 0) + 1);
  const row = rowOf(secret, { kind: "setting", id, fields }, { updatedAt, updatedBy: by });
  const rows = [...state.rows.filter((one) => one !== was), row];
  await commit(options, state, row, rows, () => (was ? store.change(row, was.updatedAt) : store.add(row)));
  return { before, after: viewOf(row, state.laid, secret) };
}

const NOT_STORED = { updatedAt: 0, updatedBy: "" };

function tryOut(
  { secret }: DeclarationsOptions,
  state: State,
  entries: Parameters<Declarations["tryOut"]>[0],
) {
  let { rows } = state;
  for (const { kind, fields } of entries) {
    const id = idOf(fields);
    const was = rows.find(isThe(kind, id));
    if (!was) refuseTaken(state, kind, id);
    const next = was ? changedFields(kind, storedFields(secret, was), fields) : fields;
    rows = [...rows.filter((row) => row !== was), rowOf(secret, { kind, id, fields: next }, NOT_STORED)];
  }
  const laid = layRows(state.base, rows, secret);
  for (const { kind, fields } of entries) refuseFaulty(laid, kind, idOf(fields));
  return laid.config;
}

async function change(
  options: DeclarationsOptions,
  state: State,
  { kind, id }: Pick<DeclaredRow, "kind" | "id">,
  changes: Fields,
  by: string,
): Promise<ChangedViews> {
  const { secret, store, clock } = options;
  const was = requireRow(state, kind, id);
  const before = viewOf(was, state.laid, secret);
  const fields = changedFields(kind, storedFields(secret, was), changes);
  // Later than before even within a millisecond: the time tells versions apart.
  const updatedAt = Math.max(clock.now(), was.updatedAt + 1);
  const row = rowOf(secret, { kind, id, fields }, { updatedAt, updatedBy: by });
  const rows = state.rows.map((one) => (one === was ? row : one));
  await commit(options, state, row, rows, () => store.change(row, was.updatedAt));
  return { before, after: viewOf(row, state.laid, secret) };
}

async function remove(options: DeclarationsOptions, state: State, kind: DeclaredKind, id: string) {
  const { secret, store, usersOf } = options;
  const row = requireRow(state, kind, id);
  const before = viewOf(row, state.laid, secret);
  const rows = state.rows.filter((one) => one !== row);
  const stays = bears(layRows(state.base, rows, secret), kind, id);
  const users = stays ? undefined : await usersOf(kind, id);
  if (users !== undefined) throw new DeclarationRefused("conflict", users);
  await commit(options, state, row, rows, () => store.remove(kind, id));
  return before;
}

/**
 * Lays what is stored over the base and puts it in force. Each change is checked against all the rest before it is
 * stored, and holds in this process when its promise resolves.
 */
export async function keepDeclarations(options: DeclarationsOptions): Promise<Declarations> {
  const { store, base, secret } = options;
  const inTurn = inTurns();
  const state: State = { base, rows: [], laid: { config: base.config, leftOut: [] } };
  const renew = (next = state.base) =>
    inTurn(async () => apply(options, state, { base: next, rows: await store.list() }));
  /** Over what is stored now: another node may have changed it. */
  const fresh = <Result>(work: () => Promise<Result>) =>
    inTurn(async () => {
      state.rows = await store.list();
      return await work();
    });
  await renew();
  return {
    config: () => state.laid.config,
    leftOut: () => state.laid.leftOut,
    sourceOf(kind, id) {
      const inForce = state.rows.some(isThe(kind, id)) && !state.laid.leftOut.some(isThe(kind, id));
      if (inForce) return "console";
      return isDiscovered(state.base, kind, id) ? "discovered" : "file";
    },
    views: () => state.rows.map((row) => viewOf(row, state.laid, secret)),
    lineOf: (kind, id) => state.base.lines.get(lineKey(kind, id)),
    setBase: renew,
    reload: () => renew(),
    create: (kind, fields, by) => fresh(() => create(options, state, kind, fields, by)),
    change: (kind, id, ...rest) => fresh(() => change(options, state, { kind, id }, ...rest)),
    put: (section, by) => fresh(() => put(options, state, section, by)),
    tryOut: (entries) => fresh(async () => tryOut(options, state, entries)),
    remove: (kind, id) => fresh(() => remove(options, state, kind, id)),
  };
}
