import type { ErrorKind } from "../../../../src/core/errors.ts";
import type { AnswerMeaning, AnswerPart, Finish, MeantUsage } from "../meaning.ts";
import type { ClientProtocol, TargetName, UpstreamProtocol } from "../targets.ts";
import type { AskName } from "./asks.ts";
import type { Wire } from "./sse.ts";

/** What an answer says, where it is one. */
export interface Said {
  readonly parts: readonly AnswerPart[];
  readonly finish?: Finish;
  readonly usage?: MeantUsage | undefined;
}

/** One feature of answers: how each upstream says it, and what each client's SDK makes of it. */
export interface AnswerCase {
  readonly name: string;
  /** The request that was asked; `open` otherwise. */
  readonly ask?: AskName;
  readonly from: { readonly [Name in UpstreamProtocol]?: Wire };
  readonly targets?: { readonly [Name in UpstreamProtocol]?: TargetName };
  readonly said: Said;
  /** Where one upstream cannot say all of it. */
  readonly by?: { readonly [Name in UpstreamProtocol]?: Partial<Said> };
  /** What a client gets instead, beyond what its protocol cannot say anyway (views.ts). */
  readonly to?: { readonly [Name in ClientProtocol]?: Partial<Said> };
  readonly pairs?: { readonly [Pair in `${UpstreamProtocol}>${ClientProtocol}`]?: Partial<Said> };
  /** Further answers (`n`). */
  readonly others?: readonly Said[];
  /** The upstream failed. */
  readonly fails?: ErrorKind;
}

const USAGE: MeantUsage = { fresh: 10, cached: 0, written: 0, output: 5, reasoning: 0 };

export function meaningOf(
  given: AnswerCase,
  upstream: UpstreamProtocol,
  client: ClientProtocol,
): AnswerMeaning {
  const changes = [given.by?.[upstream], given.to?.[client], given.pairs?.[`${upstream}>${client}`]];
  const said: Said = Object.assign({ usage: USAGE }, given.said, ...changes);
  const choices = [said, ...(given.others ?? [])].map(({ parts, finish = "stop" }) => ({ parts, finish }));
  return { model: "m", choices, ...(said.usage && { usage: said.usage }) };
}
