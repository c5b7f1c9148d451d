import type { ResponseRecord } from "../conversations/store.ts";
import { GatewayError, toGatewayError } from "../core/errors.ts";
import { asList, asObject } from "../core/json.ts";
import { authenticate } from "./authenticate.ts";
import type { Peers } from "./client-address.ts";
import type { Endpoint } from "./endpoints.ts";
import { idHeaders, newOrigin } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { errorResponse } from "./refuse.ts";

type Kept = Extract<Endpoint, { kind: "response" }>;

function notKept(id: string): GatewayError {
  const message = `There is no response "${id.slice(0, 80)}" of this account; it was never kept (store: false), was deleted, or has expired.`;
  return new GatewayError("response_not_found", message, { param: "response_id" });
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? LIMIT_DEFAULT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new GatewayError("bad_request", `limit: must be a whole number from 1 to ${LIMIT_MAX}.`, {
    param: "limit",
  });
}

interface Item {
  readonly id: string;
}

/** Items without an id of their own get one that stays: their place in the conversation. */
function withIds(records: readonly ResponseRecord[]): Item[] {
  return records.flatMap(({ id, input, output }, turn) =>
    [input, ...(turn < records.length - 1 ? [output] : [])]
      .flatMap((list) => asList(JSON.parse(list)))
      .map((item, place) => ({ id: `item_${id.slice(-12)}_${place}`, ...asObject(item) })),
  );
}

/** OpenAI's list of what a response answered, newest first unless asked otherwise (openai `ResponseItemList`). */
function inputItems(records: readonly ResponseRecord[], query: URLSearchParams): object {
  const all = withIds(records);
  const ordered = query.get("order") === "asc" ? all : all.toReversed();
  const after = query.get("after");
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const limit = limitOf(query);
  const page = ordered.slice(from, from + limit);
  const ends = { first_id: page[0]?.id ?? null, last_id: page.at(-1)?.id ?? null };
  return { object: "list", data: page, ...ends, has_more: from + limit < ordered.length };
}

async function readKept(
  gateway: Gateway,
  method: string,
  accountId: string,
  { id, part }: Kept,
  query: URLSearchParams,
): Promise<object> {
  const { responses } = gateway;
  if (method === "DELETE") {
    if (await responses.delete(accountId, id)) return { id, object: "response", deleted: true };
    throw notKept(id);
  }
  const record = await responses.get(accountId, id);
  if (!record) throw notKept(id);
  if (part === "response") return JSON.parse(record.response) as object;
  return inputItems(await responses.chain(accountId, id), query);
}

/** A response that the gateway kept, to its own account only. */
export async function answerKept(
  gateway: Gateway,
  request: Request,
  query: string,
  kept: Kept,
  peers: Peers | undefined,
): Promise<Response> {
  const of = newOrigin(gateway);
  try {
    const { accountId } = await authenticate(gateway, request, query, peers);
    const body = await readKept(gateway, request.method, accountId, kept, new URLSearchParams(query));
    return Response.json(body, { headers: idHeaders(of) });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.kind === "internal")
      gateway.log("error", "a kept response could not be read", { cause: String(error.cause) });
    return errorResponse(gateway, { dialect: "openai" }, error, of);
  }
}
