import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** The person's own terminal, also when stdin and stdout are pipes; undefined: there is nobody to ask. */
function openTerminal(): number | undefined {
  try {
    return openSync(process.platform === "win32" ? "CON" : "/dev/tty", "r+");
  } catch {
    // No terminal is an answer, not a fault: a script or a container runs this.
    return undefined;
  }
}

function readLine(terminal: number): string {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  while (readSync(terminal, one, 0, 1, null) === 1 && one[0] !== 10) bytes.push(one[0] ?? 0);
  return new TextDecoder().decode(new Uint8Array(bytes)).trim();
}

/**
 * Asks on the terminal and waits for a line.
 * @param hidden what is typed is not shown
 * @returns undefined where there is no terminal
 */
export function askPerson(question: string, hidden = false): string | undefined {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const echo = (on: boolean) => {
    if (hidden && process.platform !== "win32")
      spawnSync("stty", [on ? "echo" : "-echo"], { stdio: [terminal, "ignore", "ignore"] });
  };
  try {
    // Before the question: who answers at once is not shown either.
    echo(false);
    writeSync(terminal, question);
    const line = readLine(terminal);
    if (hidden) writeSync(terminal, "\n");
    return line;
  } finally {
    echo(true);
    closeSync(terminal);
  }
}
