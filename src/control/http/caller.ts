import type { Caller } from "../../accounts/caller.ts";
import type { HttpDeps } from "./deps.ts";
import { HttpError } from "./http-error.ts";

/** What the console sends with each write: no form and no foreign page can. */
const CONSOLE_HEADER = "x-quoin-console";

/** Who sends the request; undefined where it carries no credential. @throws HttpError where one does not hold */
export async function callerOf(
  { identify }: HttpDeps,
  request: Request,
  address: string | undefined,
): Promise<Caller | undefined> {
  for (const known of identify) {
    const caller = await known(request, address);
    if (caller) return caller;
  }
  return undefined;
}

function isForeign({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin");
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}

/**
 * Refuses writes that another site's page could have sent with a visitor's cookies.
 * @throws HttpError
 */
export function refuseForgery(request: Request, caller: Caller | undefined): void {
  if (caller?.kind === "token" || request.method === "GET" || request.method === "HEAD") return;
  if (isForeign(request))
    throw new HttpError("forbidden", "This write comes from a page of another site; use the console itself.");
  if (request.headers.get(CONSOLE_HEADER) === null)
    throw new HttpError("forbidden", `Writes without a token need the header ${CONSOLE_HEADER}: 1.`);
}
