import { useLocation, useSearchParams } from "wouter";
import type { SignIn } from "../../base/contract.ts";
import { setMe } from "../../shell/session.ts";

/** Where the verification page reads what the answer before it said. */
export interface VerifyState {
  readonly email: string;
  readonly resendAfterS: number;
}

/** A path within the console, whatever somebody wrote into the address. */
function safePath(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") ? next : "/";
}

/** The page that was wanted, for a link to another page before it. */
export function carriedNext(search: URLSearchParams): string {
  const next = search.get("next");
  return next === null ? "" : `?next=${encodeURIComponent(next)}`;
}

/**
 * Goes on after a step of signing in, to the next step or to the page that was wanted.
 * @param wanted that page; absent: the one that the address names
 */
export function useFinish(wanted?: string): (answer: SignIn) => void {
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const next = wanted ?? safePath(search.get("next"));
  const carried = next === "/" ? "" : `?next=${encodeURIComponent(next)}`;
  return (answer) => {
    if (answer.status === "signed_in") {
      setMe(answer.me);
      go(next);
    } else if (answer.status === "second_factor") {
      go(`/second-factor${carried}#${answer.challenge}`);
    } else {
      const state: VerifyState = { email: answer.email, resendAfterS: answer.resend_after_s };
      go(`/verify${carried}#${answer.challenge}`, { state });
    }
  };
}
