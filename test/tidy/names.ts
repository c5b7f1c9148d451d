import { skeletonOf } from "./skeleton.ts";

const BANNED = new Set(["util", "helper", "manager", "service", "common", "misc", "info", "data"]);

const DECLARED =
  /\bexport\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|const|let|var|class|interface|type|enum|namespace)\s+([A-Za-z_$][\w$]*)/g;
const LISTED = /\bexport\s+(?:type\s+)?\{([^}]*)\}/g;

/** The names that a source exports, by the name that importers see. */
export function exportedNames(source: string): string[] {
  const { code } = skeletonOf(source);
  const names = [...code.matchAll(DECLARED)].map(([, name = ""]) => name);
  for (const [, list = ""] of code.matchAll(LISTED)) {
    for (const item of list.split(",")) {
      const name = item.trim().split(/\s+/).at(-1);
      if (name) names.push(name);
    }
  }
  return names;
}

/** The banned words in a name of any case, singular or plural: `dataUtils` has two. */
export function bannedWords(name: string): string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.filter((word) => BANNED.has(word) || BANNED.has(word.replace(/s$/, "")));
}
