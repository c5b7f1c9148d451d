import { findMember, scanMembers } from "../base/json-members.ts";
import { asWritten, Raw, rawIndex, writeJson } from "../base/raw-json.ts";
import type { ResponseRecord } from "../conversations/store.ts";
import { asList, asObjects, type JsonObject } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { parseBody, refuseDeep } from "./read-body.ts";
import { isOurs, isStateless, loseThinking, resolveReferences, withoutId } from "./referenced-items.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A request, and the one upstream that can serve it where what it builds on lies there. */
interface Continued {
  readonly head: RequestHead;
  readonly keptBy: string | undefined;
}

/** Whether a request is more than its own body: it names an earlier response, or items of one. */
export function buildsOnEarlier({ previousId, references }: RequestHead): boolean {
  return previousId !== undefined || references !== undefined;
}

/**
 * What such a request needs: the items in the place of their names, and of the response before it what
 * `continueResponse` says.
 * @throws GatewayError `bad_request` for what is not this account's, or not there any more.
 */
export async function continueEarlier(
  gateway: Gateway,
  exchange: Exchange,
  principal: Principal,
  read: RequestHead,
): Promise<Continued> {
  const { references } = read;
  const whole: Continued = references
    ? await resolveReferences(gateway, exchange, principal, read, references)
    : { head: read, keptBy: undefined };
  const { previousId } = whole.head;
  if (previousId === undefined) return whole;
  const continued = await continueResponse(gateway, exchange, principal, whole.head, previousId);
  return { head: continued.head, keptBy: continued.keptBy ?? whole.keptBy };
}

/** The id of the upstream that keeps the response, or the whole conversation in its place. */
async function continueResponse(
  gateway: Gateway,
  exchange: Exchange,
  principal: Principal,
  head: RequestHead,
  previousId: string,
): Promise<Continued> {
  const record = await gateway.responses.get(principal.accountId, previousId);
  const keptBy = await (record
    ? keeperOf(gateway, record)
    : gateway.answers.upstreamOf(previousId, principal.accountId));
  const model = gateway.snapshot().findModel(head.model);
  const reachable = model?.targets.some(({ upstream }) => upstream.id === keptBy);
  if (!record || (keptBy !== undefined && reachable)) return { head, keptBy };
  refuseDeep(head.body);
  const chain = await gateway.responses.chain(principal.accountId, previousId);
  const losing = new Set(chain.filter(holdsThinking));
  if (losing.size > 0) loseThinking(exchange, head, "previous_response_id");
  const before = chain.flatMap((turn) => [
    ...replayable(turn.input, false),
    ...replayable(turn.output, losing.has(turn)),
  ]);
  exchange.ownInput = ownInputOf(exchange.bytes);
  exchange.bytes = expand(head.body, exchange.bytes, before);
  const expanded = exchange.codec.readHead(parseBody(exchange.bytes), exchange.bytes, exchange.endpoint);
  return { head: { ...expanded, previousId }, keptBy: undefined };
}

/** Ids that we made are known to us alone; a vendor's own is kept there too. */
async function keeperOf(gateway: Gateway, record: ResponseRecord): Promise<string | undefined> {
  return isOurs(record.id) ? undefined : await gateway.answers.find(record.id, record.accountId);
}

/** The request's own input as a list of items, as it was written. */
function ownInputOf(bytes: Uint8Array): string {
  const member = findMember(scanMembers(bytes), "input");
  if (!member) return "[]";
  const text = decoder.decode(bytes.subarray(member.valueStart, member.valueEnd));
  if (text.startsWith("[")) return text;
  return `[{"type":"message","role":"user","content":[{"type":"input_text","text":${text}}]}]`;
}

/** Whether a turn has thinking that its vendor alone keeps. */
function holdsThinking({ id, input, output }: ResponseRecord): boolean {
  return !isOurs(id) && [input, output].some((text) => asObjects(JSON.parse(text)).some(isStateless));
}

/**
 * Items of an earlier turn that a stateless request may hold: thinking without its state is nobody's.
 * @param isUnbound without their ids
 */
function replayable(text: string, isUnbound: boolean): string[] {
  const list: unknown = JSON.parse(text);
  const index = rawIndex(text, list);
  const items = asObjects(list).filter((item) => !isStateless(item));
  return items.map((item) => (isUnbound ? withoutId(item, index) : index.of(item)));
}

/** The body with the whole conversation as its input. */
function expand(body: JsonObject, bytes: Uint8Array, before: readonly string[]): Uint8Array {
  const index = rawIndex(bytes, body);
  const own = ownInputOf(bytes).trim().slice(1, -1).trim();
  const input = new Raw(`[${[...before, ...(own === "" ? [] : [own])].join(",")}]`);
  const { previous_response_id: _, ...rest } = body;
  const kept = Object.entries(rest).map(([key, value]) => [key, asWritten(value, index)]);
  return encoder.encode(writeJson({ ...Object.fromEntries(kept), input }));
}

/** Keeps a finished response for GET and for `previous_response_id`, unless the client said not to. */
export function keepResponse(
  gateway: Gateway,
  exchange: Exchange,
  response: JsonObject | undefined,
  served: { readonly upstream: string; readonly model: string },
): void {
  const { head, principal, storing } = exchange;
  if (!storing || !response || !head || !principal || typeof response.id !== "string") return;
  gateway.responses.put({
    id: response.id,
    accountId: principal.accountId,
    keyId: principal.keyId,
    model: head.model,
    upstreamId: served.upstream,
    upstreamModel: served.model,
    input: storing.input,
    instructions: storing.instructions,
    output: JSON.stringify(asList(response.output)),
    response: JSON.stringify(response),
    previousId: head.previousId,
  });
}

/** What of a request is kept with its response; read before the body is let go. */
export function storingOf(exchange: Exchange, head: RequestHead): Exchange["storing"] {
  const { body } = head;
  if (exchange.codec.id !== "openai-responses" || body.store === false) return undefined;
  const { instructions } = body;
  return {
    input: exchange.ownInput ?? ownInputOf(exchange.bytes),
    instructions: typeof instructions === "string" ? JSON.stringify(instructions) : undefined,
  };
}
