import type { HistoryReader } from "./history-reader.ts";

/** What can be asked of the thread that reads the history. */
export type Question = Exclude<keyof HistoryReader, "close">;

export interface Asked {
  readonly number: number;
  readonly name: Question;
  readonly args: readonly unknown[];
}

export interface Told {
  readonly number: number;
  /** Of an answer that comes in parts; its end comes without. */
  readonly part?: unknown;
  readonly value?: unknown;
  readonly fault?: string;
}
