import { useRef, useState } from "react";
import { type Here, useHere } from "../../shell/session.ts";
import { forgetPlaygroundKey, playgroundKey } from "./playground-key.ts";
import type { Asked, PlaygroundProtocol, Turn } from "./protocols.ts";
import { type AnswerFacts, streamAnswer } from "./stream.ts";

interface SaidTurn extends Turn {
  /** Its place in the conversation. */
  readonly id: number;
}

/** One model's side of the conversation. */
export interface Column {
  readonly id: string;
  readonly model: string;
  readonly turns: readonly SaidTurn[];
  readonly running: boolean;
  readonly facts?: AnswerFacts;
  readonly complaint?: string;
}

const emptyColumn = (id: string, model: string): Column => ({ id, model, turns: [], running: false });

type Settings = Pick<Asked, "system" | "temperature" | "outputTokensMax">;

interface Sent {
  readonly protocol: PlaygroundProtocol;
  readonly settings: Settings;
  readonly text: string;
}

/** The last turn grown by a piece of the answer. */
function grown(turns: readonly SaidTurn[], piece: string): readonly SaidTurn[] {
  const last = turns.at(-1);
  if (last?.role !== "assistant") return [...turns, { id: turns.length, role: "assistant", text: piece }];
  return [...turns.slice(0, -1), { ...last, text: last.text + piece }];
}

async function runColumn(
  here: Here,
  { protocol, settings, text }: Sent,
  column: Column,
  signal: AbortSignal,
  change: (edit: (column: Column) => Column) => void,
): Promise<void> {
  const turns: readonly SaidTurn[] = [...column.turns, { id: column.turns.length, role: "user", text }];
  change(({ id, model }) => ({ id, model, turns, running: true }));
  try {
    const key = await playgroundKey(here);
    const facts = await streamAnswer({
      protocol,
      key,
      signal,
      asked: { ...settings, model: column.model, turns },
      onText: (piece) => change((now) => ({ ...now, turns: grown(now.turns, piece) })),
    });
    change((now) => ({ ...now, running: false, facts }));
  } catch (error) {
    const stopped = signal.aborted;
    if (!stopped && error instanceof Error && /key/i.test(error.message)) forgetPlaygroundKey(here);
    const complaint = stopped ? undefined : String(error instanceof Error ? error.message : error);
    change((now) => ({ ...now, running: false, ...(complaint && { complaint }) }));
  }
}

/** One conversation with one model, or two side by side. */
export function useColumns(first: string) {
  const here = useHere();
  const [columns, setColumns] = useState<readonly Column[]>([emptyColumn("first", first)]);
  const abort = useRef<AbortController>(undefined);
  const changeAt = (at: number) => (edit: (column: Column) => Column) =>
    setColumns((now) => now.map((column, index) => (index === at ? edit(column) : column)));
  return {
    columns,
    running: columns.some(({ running }) => running),
    send(sent: Sent) {
      abort.current = new AbortController();
      const { signal } = abort.current;
      for (const [at, column] of columns.entries()) void runColumn(here, sent, column, signal, changeAt(at));
    },
    stop: () => abort.current?.abort(),
    chooseModel: (at: number, model: string) => changeAt(at)((column) => ({ ...column, model })),
    compare: (model: string) => setColumns((now) => [...now, emptyColumn("second", model)]),
    single: () => setColumns((now) => now.slice(0, 1)),
    clear: () => setColumns((now) => now.map(({ id, model }) => emptyColumn(id, model))),
  };
}
