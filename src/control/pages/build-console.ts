import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The address under which the built files lie; their names carry a hash of what is in them. */
const ASSETS = "/console/assets/";

/** Below this a compressed copy saves less than its header costs. */
const COMPRESS_BYTES_MIN = 512;

const NAMING = { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" };

/** Scripts that the entry imports at once, by address, so that the browser need not find them one by one. */
function preloadsOf(entry: string): string[] {
  const found = new Bun.Transpiler({ loader: "js" }).scanImports(entry);
  return found.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
}

function pageOf({ script, style, mark, preloads }: Record<"script" | "style" | "mark", string> & Preloads) {
  const links = preloads.map((path) => `<link rel="modulepreload" href="${path}">`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Console</title>
<link rel="icon" href="${mark}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
${links}<script type="module" src="${script}"></script>
</head>
<body><div id="root"></div><noscript>The console needs JavaScript.</noscript></body>
</html>
`;
}

interface Preloads {
  readonly preloads: readonly string[];
}

async function writeWithCopies(folder: string, name: string, content: Uint8Array): Promise<void> {
  await Bun.write(join(folder, name), content);
  if (content.byteLength < COMPRESS_BYTES_MIN) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await Bun.write(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
  await Bun.write(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
}

function bundle(source: string) {
  return Bun.build({
    entrypoints: [join(source, "src/main.tsx"), join(source, "src/styles/console.css")],
    minify: true,
    splitting: true,
    target: "browser",
    format: "esm",
    publicPath: ASSETS,
    naming: NAMING,
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

/**
 * Bundles the console of the folder `source` into `folder`: `index.html`, scripts split by page, one style
 * sheet, each with its brotli and gzip copies.
 * @throws AggregateError of Bun.build where a source does not compile or a package is missing
 */
export async function buildConsole(source: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { outputs } = await bundle(source);
  let [script, style, entry] = ["", "", ""];
  for (const output of outputs) {
    const name = basename(output.path);
    const content = new Uint8Array(await output.arrayBuffer());
    await writeWithCopies(folder, name, content);
    if (name.endsWith(".css")) style = ASSETS + name;
    if (output.kind === "entry-point" && name.endsWith(".js")) {
      script = ASSETS + name;
      entry = new TextDecoder().decode(content);
    }
  }
  const drawn = await Bun.file(join(source, "src/mark.svg")).bytes();
  const mark = `mark-${Bun.hash(drawn).toString(36)}.svg`;
  await writeWithCopies(folder, mark, drawn);
  const page = pageOf({ script, style, mark: ASSETS + mark, preloads: preloadsOf(entry) });
  await writeWithCopies(folder, "index.html", new TextEncoder().encode(page));
}

// Run as a program of its own: the bundler's memory ends with it, and does not stay in the gateway's.
if (import.meta.main) {
  const [source, folder] = process.argv.slice(2);
  if (source === undefined || folder === undefined) throw new Error("usage: build-console.ts SOURCE FOLDER");
  await buildConsole(source, folder);
}
