import type { Caller } from "../../accounts/caller.ts";

/** A caller as the audit names it. */
export function actorOf(caller: Caller | undefined): string {
  if (!caller) return "anyone";
  return caller.kind === "user" ? `user:${caller.userId}` : `token:${caller.tokenId}`;
}
