import { z } from "zod";

/** Name of something that the operator declares. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, dots, dashes or underscores");

export const line = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, "must be one line of text");

/** What `new URL` takes and we can send to: credentials in an address end up in logs. */
function isHttpAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  );
}

export const address = z
  .string()
  .refine(isHttpAddress, "must be an http:// or https:// address without user, query or fragment");

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;
export const moment = z
  .string()
  .refine(
    (text) => MOMENT.test(text) && !Number.isNaN(Date.parse(text)),
    'must be a day such as "2026-12-01" (its start in UTC) or a moment such as "2026-12-01T08:00Z"',
  );
