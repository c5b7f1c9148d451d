import { existsSync } from "node:fs";
import { access, constants, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";
import { newId } from "../../base/id.ts";

const ROOT = join(import.meta.dir, "../../..");
const SOURCE = join(ROOT, "console");
/** What goes into the bundle: the sources, the versions of the packages, and how it is made. */
const INGREDIENTS = ["console/src/**/*", "package-lock.json", "src/control/pages/build-console.ts"];

async function hashOfIngredients(): Promise<string> {
  const paths = INGREDIENTS.flatMap((pattern) => [...new Glob(pattern).scanSync({ cwd: ROOT })]).sort();
  const hasher = new Bun.CryptoHasher("sha256");
  hasher.update(Bun.version);
  for (const path of paths) hasher.update(path).update(await Bun.file(join(ROOT, path)).bytes());
  return hasher.digest("hex").slice(0, 16);
}

/** The packages' folder where we may write there, so that several homes share what was built. */
async function cacheFolder(home: string): Promise<string> {
  const packages = join(ROOT, "node_modules");
  const shared = await access(packages, constants.W_OK).then(
    () => true,
    () => false,
  );
  return shared ? join(packages, ".cache/quoin-console") : join(home, "console");
}

async function build(folder: string): Promise<void> {
  // Built beside its place and moved there whole: a reader never sees half of it.
  const draft = `${folder}.${newId()}`;
  await mkdir(draft, { recursive: true });
  try {
    const program = join(import.meta.dir, "build-console.ts");
    const child = Bun.spawn([process.execPath, program, SOURCE, draft], { stderr: "pipe", stdout: "ignore" });
    const complaint = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`the console could not be built: ${complaint.trim()}`);
    await rename(draft, folder).catch((cause) => {
      // Another process was faster; what it made is the same.
      if (!existsSync(join(folder, "index.html"))) throw cause;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The folder with the built console, made first where these sources were not built yet.
 * @param home QUOIN_HOME, the place for it where the packages' folder is read-only
 * @throws Error with the bundler's complaint
 */
export async function builtConsole(home: string): Promise<string> {
  if (!existsSync(join(SOURCE, "src/main.tsx")))
    throw new Error("the sources of the console are not here; run Quoin from its folder.");
  const folder = join(await cacheFolder(home), await hashOfIngredients());
  if (!existsSync(join(folder, "index.html"))) await build(folder);
  return folder;
}
