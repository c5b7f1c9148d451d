import { spawn } from "node:child_process";

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program with our standard streams, passes signals on to it and waits for its end.
 *
 * A Ctrl-C reaches the whole process group, so the child may see the same signal twice.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @param {(child: import("node:child_process").ChildProcess) => void} [onStart]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} rejects when it cannot be started
 */
export function runChild(command, args, options, onStart) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { windowsHide: true, ...options });
    const passOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const finish = () => {
      for (const signal of PASSED_ON) process.removeListener(signal, passOn);
    };
    child.once("error", (error) => {
      finish();
      reject(error);
    });
    child.once("close", (code, signal) => {
      finish();
      resolve({ code, signal });
    });
    onStart?.(child);
  });
}

/**
 * Ends this process as the child ended: with its exit code, or by the signal that ended it.
 *
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function endLike({ code, signal }) {
  if (signal === null || process.platform === "win32") process.exit(code ?? 1);
  process.kill(process.pid, signal);
  // A signal whose default is not to end a process leaves us here.
  setTimeout(() => process.exit(1), 1000);
}
