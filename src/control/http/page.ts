import { HttpError } from "./http-error.ts";

/** What a caller asked for of a list. */
export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface PageTerms<Row, View> {
  readonly id: (row: Row) => string;
  readonly view: (row: Row) => View;
}

export interface Page<View> {
  items: View[];
  next_cursor: string | null;
}

/** Opaque to callers, so that what is in it may change. */
export function cursorOf(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/** What `cursorOf` was given. @throws HttpError where it is none of ours */
export function readCursor(cursor: string, shape: RegExp): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (shape.test(text)) return text;
  throw new HttpError(
    "invalid",
    "cursor: it is not one that a list here gave; send next_cursor as it came.",
    {
      field: "cursor",
    },
  );
}

/** A page out of a whole list that is short enough to be read at once. */
export function pageFrom<Row, View>(
  rows: readonly Row[],
  { limit, cursor }: PageAsked,
  { id, view }: PageTerms<Row, View>,
): Page<View> {
  const after = cursor === undefined ? undefined : readCursor(cursor, /^.{1,200}$/s);
  const begin = after === undefined ? 0 : rows.findIndex((row) => id(row) === after) + 1;
  const page = rows.slice(begin, begin + limit);
  const last = page.at(-1);
  const more = begin + limit < rows.length && last !== undefined;
  return { items: page.map(view), next_cursor: more ? cursorOf(id(last)) : null };
}

/** What the ids of our own rows look like. */
export const ID_CURSOR = /^[0-9a-f]{32}$/;

/** A page out of a store that answers rows older than one. */
export async function pageBefore<Row, View>(
  { limit, cursor }: PageAsked,
  shape: RegExp,
  {
    fetch,
    id,
    view,
  }: PageTerms<Row, View> & {
    readonly fetch: (limit: number, beforeId: string | undefined) => Row[] | Promise<Row[]>;
  },
): Promise<Page<Awaited<View>>> {
  const rows = await fetch(limit + 1, cursor === undefined ? undefined : readCursor(cursor, shape));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = await Promise.all(page.map(view));
  return { items, next_cursor: rows.length > limit && last !== undefined ? cursorOf(id(last)) : null };
}
