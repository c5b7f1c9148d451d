import { isWellFormed } from "../accounts/key-format.ts";

function bearer(headers: Headers): string | null {
  const value = headers.get("authorization");
  if (value === null) return null;
  return value.startsWith("Bearer ") || /^bearer /i.test(value) ? value.slice(7).trim() : value.trim();
}

/** Every key the client sent, in the order in which they count: Claude Code may send two. */
function candidates(headers: Headers, query: string): string[] {
  const found: string[] = [];
  const take = (key: string | null) => {
    if (key) found.push(key);
  };
  take(bearer(headers));
  take(headers.get("x-api-key"));
  take(headers.get("x-goog-api-key"));
  if (query !== "") take(new URLSearchParams(query).get("key"));
  return found;
}

/** `curl -u KEY:` and clients that know user and password only. */
function ofBasic(value: string | null): string[] {
  const encoded = /^basic\s+([A-Za-z0-9+/=]{1,400})$/i.exec(value ?? "")?.[1];
  return encoded === undefined ? [] : Buffer.from(encoded, "base64").toString("latin1").split(":");
}

/** Where keys are put by clients of other services: Azure's header, curl's user, other names in the query. */
function elsewhere(headers: Headers, query: string): string[] {
  const search = new URLSearchParams(query);
  const named = [
    headers.get("api-key"),
    headers.get("x-auth-token"),
    search.get("api_key"),
    search.get("token"),
  ];
  return [...named.filter((key) => key !== null), ...ofBasic(headers.get("authorization"))];
}

/** Without what copying and shells leave around a key: quotes, spaces, `Bearer` once more. */
function cleaned(key: string): string {
  return key.replace(/^(?:[\s"'`<]|bearer\s)+/i, "").replace(/[\s"'`>;,]+$/, "");
}

/**
 * The key that counts: the first well-formed one, so that one of another service beside it does no harm. Where none
 * is, those with something around them and in unusual places are looked at too.
 * @param query of the URL, without `?`
 * @returns undefined where there is none; a malformed one where there is no better
 */
export function sentKey(headers: Headers, query: string): string | undefined {
  const sent = candidates(headers, query);
  const [first] = sent;
  if (first !== undefined && isWellFormed(first)) return first;
  const others = [...sent, ...elsewhere(headers, query)];
  return others.find(isWellFormed) ?? others.map(cleaned).find(isWellFormed) ?? first ?? others[0];
}
