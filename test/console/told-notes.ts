import { readFiles } from "../tidy/source-tree.ts";

const TEXT = /"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{[^}]*\})*)`/g;
/** Stands for whatever a blank of a text is filled with. */
const FILLED = "x1";
/** One word in capitals is a constant of the same file. */
const CONSTANT = /^[A-Z][A-Z_]+$/;

const textsIn = (source: string): string[] =>
  [...source.matchAll(TEXT)].map(([, plain, template]) =>
    (plain ?? template ?? "").replaceAll(/\$\{[^}]*\}/g, FILLED),
  );

/** The arguments of a call whose opening bracket was just passed. */
function argumentsFrom(source: string, begin: number): string[] {
  const found = [""];
  let depth = 0;
  for (const letter of source.slice(begin)) {
    if (letter === ")" && depth === 0) break;
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter)) depth--;
    if (letter === "," && depth === 0) found.push("");
    else found.push(`${found.pop()}${letter}`);
  }
  return found.map((one) => one.trim()).filter((one) => one !== "");
}

function argumentsOf(source: string, call: RegExp): string[][] {
  return [...source.matchAll(call)].map((match) => argumentsFrom(source, match.index + match[0].length));
}

/** What a constant of the file says, or the texts that stand there. */
function saidBy(source: string, argument = ""): string[] {
  if (!CONSTANT.test(argument)) return textsIn(argument);
  const [, said = ""] = new RegExp(`const ${argument} =\\s*([^;]+);`).exec(source) ?? [];
  return textsIn(said);
}

/** Why something of a request is lost, as a file's calls of `lose` say it; a single word is a field's name. */
function reasonsIn(source: string): string[] {
  const told = argumentsOf(source, /\b(?:lose|drop)\(/g).flatMap((args) => saidBy(source, args.at(-1)));
  const foreign = argumentsOf(source, /\bloseForeignMembers\(/g).flatMap((args) => args.flatMap(textsIn));
  const listed = /\bLoss\b/.test(source) ? [...source.matchAll(/\breason: ("[^"]*")/g)].map(String) : [];
  return [...told, ...foreign, ...listed.flatMap(textsIn)].filter((text) => text.includes(" "));
}

/** Rules that answer why a field is not sent, and another calls `lose` with that. */
function rulesIn(source: string): string[] {
  const named = [...source.matchAll(/^const [A-Z]+ = ("[^"]*");$/gm)].map(String);
  return [...named, ...[...source.matchAll(/ [?:] ("[^"]* [^"]*")/g)].map(String)].flatMap(textsIn);
}

/** Notes that are written as they stand there. */
function notesIn(source: string): string[] {
  const pushed = argumentsOf(source, /\bnotes\.push\(/g).flatMap(([first = ""]) =>
    first.startsWith("...") ? [] : textsIn(first),
  );
  const said = [...source.matchAll(/\bnote: ("[^"]*")/g)].flatMap(([, text = ""]) => textsIn(text));
  const missing = [...source.matchAll(/\bmissing = [^;]*;/g)].flatMap(String).flatMap(textsIn);
  return [...pushed, ...said, ...missing].filter((text) => text.includes(" "));
}

/** Every reason and every note that our own code writes, blanks filled. */
export async function toldByCode(): Promise<{ readonly reasons: string[]; readonly notes: string[] }> {
  const files = await readFiles("src/{protocols,translation,gateway,core,storage}/**/*.ts");
  const [sources, from] = [[...files.values()], (path: string) => files.get(`src/${path}`) ?? ""];
  const lowered = sources.flatMap((source) =>
    argumentsOf(source, /\blowerLimit\(/g).flatMap((args) => textsIn(args.at(-1) ?? "")),
  );
  const doubted = textsIn(from("core/doubt.ts")).filter((text) => text.startsWith("implausible"));
  const rebuilt = saidBy(from("storage/record-of-charge.ts"), "NOTE");
  const rules = rulesIn(from("translation/fit/sampling.ts"));
  return {
    reasons: [...new Set([...sources.flatMap(reasonsIn), ...rules, ...lowered])].toSorted(),
    notes: [...new Set([...sources.flatMap(notesIn), ...doubted, ...rebuilt])].toSorted(),
  };
}
