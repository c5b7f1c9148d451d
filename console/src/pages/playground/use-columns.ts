import { useRef, useState } from "react";
import type { AccountModel } from "../../base/contract.ts";
import { type Here, useHere } from "../../shell/session.ts";
import { forgetPlaygroundKey, playgroundKey } from "./playground-key.ts";
import type { PlaygroundProtocol, Wishes } from "./protocols/protocol.ts";
import { type AnswerHead, streamAnswer } from "./stream.ts";
import { callsOf, grown, type Part, type Turn } from "./turns.ts";

/** What was learnt from an answer besides what it says. */
export interface AnswerFacts extends AnswerHead {
  readonly firstMs?: number;
  readonly tookMs: number;
}

export interface SaidTurn extends Turn {
  /** Its place in the conversation. */
  readonly id: number;
  readonly facts?: AnswerFacts;
}

/** One model's side of the conversation. */
export interface Column {
  readonly id: string;
  readonly model: string;
  readonly turns: readonly SaidTurn[];
  readonly running: boolean;
  readonly complaint?: string;
}

const emptyColumn = (id: string, model: string): Column => ({ id, model, turns: [], running: false });

/** How the next request is to be made. */
export interface Way {
  readonly protocol: PlaygroundProtocol;
  readonly wishes: Wishes;
}

type Change = (edit: (column: Column) => Column) => void;

/** The model's turn at the end of a conversation changed; it begins with its first piece. */
function answered(column: Column, edit: (turn: SaidTurn) => SaidTurn): Column {
  const last = column.turns.at(-1);
  const before = last?.role === "assistant" ? column.turns.slice(0, -1) : column.turns;
  const turn =
    last?.role === "assistant" ? last : { id: before.length, role: "assistant" as const, parts: [] };
  return { ...column, turns: [...before, edit(turn)] };
}

/** The calls of the last turn wait for their results. */
export const waitingCalls = ({ turns, running }: Column) => {
  const last = turns.at(-1);
  return !running && last?.role === "assistant" ? callsOf(last) : [];
};

const saysSomething = ({ parts }: Turn): boolean => parts.length > 0;

interface Run extends Way {
  readonly here: Here;
  readonly model: AccountModel;
  readonly turns: readonly SaidTurn[];
  readonly signal: AbortSignal;
  readonly change: Change;
}

/** Asks with these turns; the answer grows at their end. @throws Error in the gateway's words */
async function ask({ here, model, protocol, wishes, turns, signal, change }: Run): Promise<void> {
  const key = await playgroundKey(here);
  const start = performance.now();
  let firstMs: number | undefined;
  let head = undefined as AnswerHead | undefined;
  try {
    await streamAnswer({
      ...{ protocol, key, signal },
      asked: { ...wishes, model: model.id, thinking: model.thinking, turns: turns.filter(saysSomething) },
      onHead(told) {
        head = told;
      },
      onPiece(piece) {
        firstMs ??= performance.now() - start;
        change((now) => answered(now, (turn) => ({ ...turn, parts: grown(turn.parts, piece) })));
      },
    });
  } finally {
    if (head) {
      const facts = { ...head, tookMs: performance.now() - start, ...(firstMs !== undefined && { firstMs }) };
      change((now) => answered(now, (turn) => ({ ...turn, facts })));
    }
  }
}

async function runColumn(run: Run): Promise<void> {
  const { here, turns, signal, change } = run;
  change(({ id, model }) => ({ id, model, turns, running: true }));
  try {
    await ask(run);
    change((now) => ({ ...now, running: false }));
  } catch (error) {
    if (!signal.aborted && error instanceof Error && /key/i.test(error.message)) forgetPlaygroundKey(here);
    const complaint = signal.aborted ? undefined : String(error instanceof Error ? error.message : error);
    change((now) => ({ ...now, running: false, ...(complaint && { complaint }) }));
  }
}

const userTurn = (turns: readonly SaidTurn[], parts: readonly Part[]): readonly SaidTurn[] => [
  ...turns,
  { id: turns.length, role: "user", parts },
];

/** One conversation with one model, or two side by side. */
export function useColumns(models: readonly AccountModel[], first: string) {
  const here = useHere();
  const [columns, setColumns] = useState<readonly Column[]>([emptyColumn("first", first)]);
  const abort = useRef<AbortController>(undefined);
  const changeAt = (at: number) => (edit: (column: Column) => Column) =>
    setColumns((now) => now.map((column, index) => (index === at ? edit(column) : column)));
  function run(at: number, column: Column, parts: readonly Part[], way: Way) {
    const model = models.find(({ id }) => id === column.model);
    if (!model) return;
    if (!abort.current || abort.current.signal.aborted) abort.current = new AbortController();
    const turns = userTurn(column.turns, parts);
    void runColumn({ ...way, here, model, turns, signal: abort.current.signal, change: changeAt(at) });
  }
  return {
    columns,
    running: columns.some(({ running }) => running),
    /** To every column. */
    send(parts: readonly Part[], way: Way) {
      for (const [at, column] of columns.entries()) run(at, column, parts, way);
    },
    /** The results of one column's calls. */
    answer(at: number, results: readonly Part[], way: Way) {
      const column = columns[at];
      if (column) run(at, column, results, way);
    },
    stop: () => abort.current?.abort(),
    chooseModel: (at: number, model: string) => changeAt(at)((column) => ({ ...column, model })),
    compare: (model: string) => setColumns((now) => [...now, emptyColumn("second", model)]),
    single: () => setColumns((now) => now.slice(0, 1)),
    clear: () => setColumns((now) => now.map(({ id, model }) => emptyColumn(id, model))),
  };
}
