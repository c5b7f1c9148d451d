import { Database } from "bun:sqlite";
import { join } from "node:path";

export interface HomeLock {
  release(): void;
}

/**
 * Takes the home for this process, or answers undefined when another has it. The lock is SQLite's
 * own on a file of ours: the system drops it with the process, however that ends.
 */
export function lockHome(home: string): HomeLock | undefined {
  const db = new Database(join(home, "lock"), { create: true });
  try {
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;");
  } catch (cause) {
    db.close();
    if ((cause as { code?: string }).code === "SQLITE_BUSY") return undefined;
    throw new Error(`cannot lock ${home}: ${String(cause)}`, { cause });
  }
  return { release: () => db.close() };
}
