/**
 * Real token counts: OpenAI's o200k_base vocabulary, whatever model was asked for. The
 * vocabulary is a module of 2 MB that takes 0.1 to 0.7 s of this process's time to load, so it
 * is loaded by the first request that needs it (or earlier, by `loadTokens`), once.
 */

/** Beyond this many UTF-16 units a text is estimated from its bytes, not tokenised. */
const EXACT_CHARS_MAX = 256 * 1024;
/** Bytes a token holds on average; the same figure as the gateway's own estimates. */
const BYTES_PER_TOKEN = 3.5;
/**
 * The tokeniser's work grows with the square of the longest unbroken run (256 KB of "aaaa" took
 * it a minute), so no more than this many UTF-16 units are shown to it at once.
 */
const WINDOW_CHARS = 256;

/** A text with the pieces a stream cuts it into: `pieces.join("") === text`. */
export interface Passage {
  readonly text: string;
  readonly pieces: readonly string[];
  readonly tokens: number;
}

export interface Tokens {
  /** How many tokens the texts are; an estimate beyond 256 Ki characters in all. */
  readonly count: (texts: readonly string[]) => number;
  /** The same without keeping the loop for long: it waits for `pause` after every few milliseconds of work. */
  readonly countGently: (texts: readonly string[], pause: () => Promise<void>) => Promise<number>;
  /** The text's first `tokensMax` tokens as a passage; all of it where it is shorter. */
  readonly take: (text: string, tokensMax: number) => Passage;
  /** The text of token ids, or undefined where one is not in the vocabulary. */
  readonly decode: (ids: readonly number[]) => string | undefined;
}

let loading: Promise<Tokens> | undefined;

/** The tokeniser, loaded once per process. */
export function loadTokens(): Promise<Tokens> {
  loading ??= importTokens();
  return loading;
}

type Vocabulary = typeof import("gpt-tokenizer/encoding/o200k_base");
/** What each token id stands for: its text, or bytes that are no whole character. */
type Ranks = readonly (string | readonly number[] | undefined)[];

async function importTokens(): Promise<Tokens> {
  const vocabulary = await import("gpt-tokenizer/encoding/o200k_base");
  const { default: ranks } = await import("gpt-tokenizer/bpeRanks/o200k_base");
  return tokensOf(vocabulary, ranks);
}

/** `<|endoftext|>` and the like are ordinary text when a stranger writes them. */
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

function tokensOf(vocabulary: Vocabulary, ranks: Ranks): Tokens {
  // What strangers write must not stay in memory: the default remembers 100,000 runs.
  vocabulary.setMergeCacheSize(10_000);
  const encode = (text: string) =>
    windowsOf(text).flatMap((window) => vocabulary.encode(window, AS_PLAIN_TEXT));
  return {
    count: (texts) => countTokens(texts, encode),
    countGently: (texts, pause) => countGently(texts, encode, pause),
    take: (text, tokensMax) => takeTokens(encode(text.toWellFormed()), tokensMax, ranks),
    decode: (ids) =>
      ids.every((id) => ranks[id] !== undefined) ? textPieces(ids, ranks).join("") : undefined,
  };
}

type Encode = (text: string) => number[];

const isExact = (texts: readonly string[]): boolean =>
  texts.reduce((chars, text) => chars + text.length, 0) <= EXACT_CHARS_MAX;

function countBytes(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) / BYTES_PER_TOKEN);
}

function countTokens(texts: readonly string[], encode: Encode): number {
  if (!isExact(texts)) return countBytes(texts);
  return texts.reduce((tokens, text) => tokens + encode(text).length, 0);
}

/** Windows between two pauses: some 16 Ki characters. */
const WINDOWS_AT_ONCE = 64;

async function countGently(
  texts: readonly string[],
  encode: Encode,
  pause: () => Promise<void>,
): Promise<number> {
  if (!isExact(texts)) return countBytes(texts);
  let tokens = 0;
  let windows = 0;
  for (const window of texts.flatMap(windowsOf)) {
    tokens += encode(window).length;
    windows++;
    if (windows % WINDOWS_AT_ONCE === 0) await pause();
  }
  return tokens;
}

function takeTokens(ids: readonly number[], tokensMax: number, ranks: Ranks): Passage {
  const kept = ids.length > tokensMax ? ids.slice(0, tokensMax) : ids;
  const pieces = textPieces(kept, ranks);
  return { text: pieces.join(""), pieces, tokens: kept.length };
}

/**
 * The tokens' text, one piece a token, save where a character spans several. A character whose
 * end is missing is left out. (The package's own `decode` keeps such a broken character in a
 * decoder that all callers share, and gives it to the next one: seen in 4.0.0.)
 */
function textPieces(ids: readonly number[], ranks: Ranks): string[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return ids.map((id) => tokenText(ranks[id] ?? "", decoder)).filter((piece) => piece !== "");
}

function tokenText(rank: string | readonly number[], decoder: TextDecoder): string {
  if (typeof rank !== "string") return decoder.decode(Uint8Array.from(rank), { stream: true });
  return decoder.decode() + rank;
}

/** The text in windows, cut before a space where there is one: a token never spans that. */
function windowsOf(text: string): string[] {
  const windows: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = windowEnd(text, start);
    windows.push(text.slice(start, end));
    start = end;
  }
  return windows;
}

function windowEnd(text: string, start: number): number {
  const end = start + WINDOW_CHARS;
  if (end >= text.length) return text.length;
  const space = text.lastIndexOf(" ", end - 1);
  if (space > start) return space;
  const splitsPair = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return splitsPair ? end - 1 : end;
}
