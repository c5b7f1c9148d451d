import { dirname, join } from "node:path";
import { Glob } from "bun";

/** The folder of package.json. */
export const ROOT = dirname(dirname(import.meta.dir));

/** Paths from the root, sorted; what git ignores at the root and packages are left out. */
function listFiles(pattern: string): string[] {
  const ours = (path: string) => !/(?:^|\/)(?:node_modules|\.git|\.quoin|\.run|tmp)\//.test(path);
  return [...new Glob(pattern).scanSync({ cwd: ROOT, dot: true })].filter(ours).sort();
}

/** Text of every file that matches, by its path from the root. */
export async function readFiles(pattern: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of listFiles(pattern)) files.set(path, await Bun.file(join(ROOT, path)).text());
  return files;
}
