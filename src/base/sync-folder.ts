import { closeSync, fsyncSync, openSync } from "node:fs";

/**
 * Makes the names in a folder durable: a file that was made or renamed is there after a power cut. Windows
 * has nothing of the kind (opening a folder is EISDIR, syncing one EPERM), and needs less of it: NTFS writes
 * names through its own log, and the file itself was synced before.
 */
export function syncFolder(folder: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === "win32") return;
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
