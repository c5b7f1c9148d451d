import type { HistoryQueries } from "../src/history/queries.ts";
import { questionsFor, ROUNDS, type Span } from "./history-questions.ts";

/** Prints how long each question takes, at times all over the history. */
export async function askHistory(queries: HistoryQueries, span: Span): Promise<void> {
  const { rows, bytes } = await queries.size();
  process.stdout.write(
    `${rows} requests, ${(bytes / 2 ** 30).toFixed(1)} GiB\n\n| question | p50 ms | p95 ms | rows |\n| --- | --- | --- | --- |\n`,
  );
  for (const [name, ask] of await questionsFor(queries, span)) {
    const took: number[] = [];
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      most = Math.max(most, await ask(round));
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const shown = (share: number) => (took[Math.ceil(share * ROUNDS) - 1] ?? 0).toFixed(1);
    process.stdout.write(`| ${name} | ${shown(0.5)} | ${shown(0.95)} | ${most} |\n`);
  }
}
