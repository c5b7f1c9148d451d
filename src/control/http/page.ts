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
