import { skeletonOf } from "./skeleton.ts";

export interface ScannedImport {
  readonly specifier: string;
  /** `type` for what the compiler erases, `dynamic` for `import()` in code and in types, and for a worker's file. */
  readonly kind: "static" | "type" | "dynamic";
}

const FROM = /\b(?:import|export)\b(\s+type\b(?!\s*(?:from\b|,)))?[^;"()=]*?\bfrom\s*"(\d+)"/g;
const BARE = /\bimport\s*"(\d+)"/g;
const DYNAMIC = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*"(\d+)"/g;
const BY_URL = /\bnew\s+URL\s*\(\s*"(\d+)"\s*,\s*import\.meta\.url\b/g;

/** Every module that a source names, type-only imports and re-exports included (Bun's own scanner drops those). */
export function scanImports(source: string): ScannedImport[] {
  const { code, strings } = skeletonOf(source);
  const found: ScannedImport[] = [];
  const add = (kind: ScannedImport["kind"], index: string | undefined) => {
    const specifier = index === undefined ? undefined : strings[Number(index)];
    if (specifier !== undefined) found.push({ specifier, kind });
  };
  for (const match of code.matchAll(FROM)) add(match[1] === undefined ? "static" : "type", match[2]);
  for (const match of code.matchAll(BARE)) add("static", match[1]);
  for (const match of code.matchAll(DYNAMIC)) add("dynamic", match[1]);
  for (const match of code.matchAll(BY_URL)) {
    if (strings[Number(match[1])]?.endsWith(".ts")) add("dynamic", match[1]);
  }
  return found;
}
