import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The installation's secret from its file, made on the first start; readable by its owner only. */
export function secretFromFile(path: string): string {
  if (existsSync(path)) {
    const secret = readFileSync(path, "utf8").trim();
    if (secret.length >= 32) return secret;
    throw new Error(`${path} is damaged; restore it from a backup, or every key made with it is lost.`);
  }
  const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: "wx" });
  return secret;
}
