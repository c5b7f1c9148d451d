import { findMember, scanMembers } from "../base/json-members.ts";
import { asWritten, type RawIndex, rawIndex, writeJson } from "../base/raw-json.ts";
import { applySplices, spliceText } from "../base/splice.ts";
import type { KeptItem } from "../conversations/store.ts";
import { GatewayError } from "../core/errors.ts";
import type { Loss } from "../core/generation/loss.ts";
import { asList, asObject, type JsonObject } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { parseBody, refuseDeep } from "./read-body.ts";
import { refuseLosses, tellLosses } from "./translate-exchange.ts";

const REFERENCES_MAX = 10_000;

function absent(index: number, id: string): GatewayError {
  const at = `input[${index}]`;
  const message = `${at}: there is no item "${id.slice(0, 80)}" in the kept answers of this account (its response had store: false, was deleted, or has expired); send the item itself (with store: false SDKs do).`;
  return new GatewayError("bad_request", message, { param: at });
}

function tooMuch(what: string): GatewayError {
  return new GatewayError("bad_request", `input: ${what}; send fewer or smaller items.`, { param: "input" });
}

/** `resp_` and the 32 digits of a request's id: known to us alone, where a vendor's own is kept there too. */
export function isOurs(responseId: string): boolean {
  return /^resp_[0-9a-f]{32}$/.test(responseId);
}

/** Thinking without its state: where a vendor keeps the answer, its id stands for it there. */
export function isStateless({ type, encrypted_content: state }: JsonObject): boolean {
  return type === "reasoning" && typeof state !== "string";
}

function isVendorHeld({ text, responseId }: KeptItem): boolean {
  const item = asObject(JSON.parse(text));
  return item !== undefined && isStateless(item) && !isOurs(responseId);
}

/** The one upstream that holds all of it; undefined where the model does not reach that. */
async function holderOf(
  gateway: Gateway,
  accountId: string,
  head: RequestHead,
  held: readonly KeptItem[],
): Promise<string | undefined> {
  const answers = [...new Set(held.map(({ responseId }) => responseId))];
  const upstreams = new Set(await Promise.all(answers.map((id) => gateway.answers.find(id, accountId))));
  const [upstream] = upstreams;
  const targets = gateway.snapshot().findModel(head.model)?.targets ?? [];
  return upstreams.size === 1 && targets.some((target) => target.upstream.id === upstream)
    ? upstream
    : undefined;
}

/**
 * Tells that what another account keeps stays there.
 * @param path the member of the request that names it
 * @throws GatewayError `unsupported` for a client that refuses losses
 */
export function loseThinking(exchange: Exchange, { model }: RequestHead, path: string): void {
  const loss: Loss = {
    action: "dropped",
    path,
    reason: "thinking that another account of the vendor's keeps",
  };
  if (exchange.lossPolicy === "reject") throw refuseLosses([loss], model);
  tellLosses(exchange, [loss]);
}

/** An item as another account takes it: by its id it is known to be of a step whose thinking is asked for. */
export function withoutId({ id: _, ...rest }: JsonObject, index: RawIndex): string {
  const members = Object.entries(rest).map(([key, value]) => [key, asWritten(value, index)]);
  return writeJson(Object.fromEntries(members));
}

function unbound({ text }: KeptItem, isThinking: boolean): string {
  if (isThinking) return "";
  const item = JSON.parse(text) as JsonObject;
  return withoutId(item, rawIndex(text, item));
}

/** The body with these texts at their places in `input`; an empty text leaves its place out. */
function withItems(head: RequestHead, bytes: Uint8Array, texts: ReadonlyMap<number, string>): Uint8Array {
  const member = findMember(scanMembers(bytes), "input");
  if (!member) throw new Error("references stand in an input");
  const index = rawIndex(bytes, head.body);
  const items = asList(head.body.input).map((item, at) => texts.get(at) ?? writeJson(asWritten(item, index)));
  const input = `[${items.filter((text) => text !== "").join(",")}]`;
  return applySplices(bytes, [spliceText(member.valueStart, member.valueEnd, input)]);
}

/**
 * Puts items of earlier answers in the place of the references to them, as if the client had sent them.
 * @returns the head of that request, and the upstream that must serve it where it alone holds the thinking
 * @throws GatewayError `bad_request` when an item is not this account's, or is not kept (any more);
 *   `unsupported` for a client that refuses losses
 */
export async function resolveReferences(
  gateway: Gateway,
  exchange: Exchange,
  { accountId }: Principal,
  head: RequestHead,
  references: ReadonlyMap<number, string>,
): Promise<{ readonly head: RequestHead; readonly keptBy: string | undefined }> {
  if (references.size > REFERENCES_MAX) throw tooMuch(`it names more than ${REFERENCES_MAX} items`);
  refuseDeep(head.body);
  const kept = await gateway.responses.items(accountId, [...new Set(references.values())]);
  const held = new Set([...kept.values()].filter(isVendorHeld));
  const keptBy = held.size > 0 ? await holderOf(gateway, accountId, head, [...held]) : undefined;
  const isLost = held.size > 0 && keptBy === undefined;
  if (isLost) loseThinking(exchange, head, "input");
  const bound = new Set(isLost ? [...held].map(({ responseId }) => responseId) : []);
  const texts = new Map<number, string>();
  let characters = exchange.bytes.length;
  for (const [index, id] of references) {
    const item = kept.get(id);
    if (!item) throw absent(index, id);
    texts.set(index, bound.has(item.responseId) ? unbound(item, held.has(item)) : item.text);
    characters += item.text.length;
    if (characters > gateway.bodyBytesMax) throw tooMuch("with the items that it names it is too large");
  }
  exchange.bytes = withItems(head, exchange.bytes, texts);
  return {
    head: exchange.codec.readHead(parseBody(exchange.bytes), exchange.bytes, exchange.endpoint),
    keptBy,
  };
}
