import { idText } from "../base/id.ts";
import { Lru } from "../base/lru.ts";
import type { PriceMultiplier } from "../core/price.ts";
import type { Attempt, RequestRecord } from "../core/request-record.ts";
import { NO_USAGE, type Usage } from "../core/usage.ts";
import { usageText } from "./usage-text.ts";

/** A row of the history; what has a column of its own is not in the text. */
export interface StoredRecord {
  readonly request_id: Uint8Array;
  readonly account_id: Uint8Array;
  readonly record: string;
}

/** An attempt; the reason is null where it served. */
type StoredAttempt = [
  upstream: string,
  model: string,
  status: number,
  outcome: Attempt["outcome"],
  startMs: number,
  tookMs: number,
  reason: string | null,
];

/** What few records have. */
type MoreFields =
  | []
  | [
      userId: string | null,
      project: string | null,
      costNanos: string | null,
      savedNanos: string | null,
      multiplier?: string,
    ];

/** The order is the format: a third of the bytes of an object with names, and as much less to write down. */
type Fields = [
  at: number,
  keyId: string,
  model: string,
  protocol: RequestRecord["protocol"],
  operation: RequestRecord["operation"],
  stream: boolean,
  status: number,
  outcome: RequestRecord["outcome"],
  error: string | null,
  usage: Partial<Usage>,
  usageSource: RequestRecord["usageSource"],
  chargeNanos: string,
  priceVersion: number,
  attempts: StoredAttempt[],
  queueMs: number,
  firstByteMs: number,
  lastByteMs: number,
  client: string,
  region: string,
  notes: string[],
  answerId: string | null,
  ...more: MoreFields,
];

/** The record as JSON, without what the columns say. Numbers and words of our own are written as they are. */
export function encodeRecord(record: RequestRecord): string {
  const { at, keyId, protocol, operation, stream, status, outcome, usageSource, chargeNanos } = record;
  const { priceVersion, queueMs, firstByteMs, lastByteMs } = record;
  return `[${at},"${keyId}",${literal(record.model)},"${protocol}","${operation}",${stream},${status},"${outcome}",${optional(record.error)},${usageText(record.usage)},"${usageSource}","${chargeNanos}",${priceVersion},[${record.attempts.map(attemptText).join()}],${queueMs},${firstByteMs},${lastByteMs},${literal(record.client)},${literal(record.region)},${record.notes.length === 0 ? "[]" : JSON.stringify(record.notes)},${optional(record.answerId)}${moreText(record)}]`;
}

/** Of most records nothing. */
function moreText({ userId, project, costNanos, cacheSavedNanos, multiplier }: RequestRecord): string {
  if (
    userId === undefined &&
    project === undefined &&
    costNanos === undefined &&
    cacheSavedNanos === undefined &&
    multiplier === undefined
  )
    return "";
  const amounts = `${optional(costNanos?.toString())},${optional(cacheSavedNanos?.toString())}`;
  return `,${optional(userId)},${optional(project)},${amounts}${multiplierText(multiplier)}`;
}

/** Parts per million, and behind a space the plan's id where it is a plan's. */
function multiplierText(multiplier: RequestRecord["multiplier"]): string {
  if (!multiplier) return "";
  const { ppm, plan } = multiplier;
  return `,${literal(plan === undefined ? ppm.toString() : `${ppm} ${plan}`)}`;
}

function readMultiplier(text: string): PriceMultiplier {
  const [ppm = "", plan] = text.split(" ", 2);
  return { ppm: BigInt(ppm), plan };
}

/** Names in quotes, which come again and again. */
const literals = new Lru<string, string>(2_000);

function literal(name: string): string {
  const known = literals.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify(name);
  if (name.length <= 128) literals.set(name, text);
  return text;
}

function optional(text: string | undefined): string {
  return text === undefined ? "null" : JSON.stringify(text);
}

function attemptText({ upstream, model, status, outcome, startMs, tookMs, reason }: Attempt): string {
  return `[${literal(upstream)},${literal(model)},${status},"${outcome}",${startMs},${tookMs},${optional(reason)}]`;
}

export function decodeRecord({ request_id, account_id, record }: StoredRecord): RequestRecord {
  const id = idText(request_id);
  return record.startsWith("[") ? decodeFields(id, idText(account_id), record) : decodeNamed(id, record);
}

/** A record as `encodeRecord` wrote it. */
export function decodeFields(id: string, accountId: string, text: string): RequestRecord {
  const fields = JSON.parse(text) as Fields;
  const [
    at,
    keyId,
    model,
    protocol,
    operation,
    stream,
    status,
    outcome,
    error,
    usage,
    usageSource,
    chargeNanos,
    priceVersion,
    attempts,
    queueMs,
    firstByteMs,
    lastByteMs,
    client,
    region,
    notes,
    answerId,
    ...more
  ] = fields;
  return {
    id,
    at,
    accountId,
    keyId,
    model,
    protocol,
    operation,
    stream,
    status,
    outcome,
    ...(error === null ? {} : { error }),
    usage: { ...NO_USAGE, ...usage },
    usageSource,
    chargeNanos: BigInt(chargeNanos),
    priceVersion,
    attempts: attempts.map(decodeAttempt),
    queueMs,
    firstByteMs,
    lastByteMs,
    client,
    region,
    notes,
    ...(answerId === null ? {} : { answerId }),
    ...decodeMore(more),
  };
}

function decodeMore([userId, project, costNanos, savedNanos, multiplier]: MoreFields): Pick<
  RequestRecord,
  "userId" | "project" | "costNanos" | "cacheSavedNanos" | "multiplier"
> {
  return {
    ...(userId ? { userId } : {}),
    ...(project ? { project } : {}),
    ...(costNanos ? { costNanos: BigInt(costNanos) } : {}),
    ...(savedNanos ? { cacheSavedNanos: BigInt(savedNanos) } : {}),
    ...(multiplier ? { multiplier: readMultiplier(multiplier) } : {}),
  };
}

function decodeAttempt([upstream, model, status, outcome, startMs, tookMs, reason]: StoredAttempt): Attempt {
  return { upstream, model, status, outcome, ...(reason === null ? {} : { reason }), startMs, tookMs };
}

/** Rows of before the fields had an order: an object with their names. */
function decodeNamed(id: string, text: string): RequestRecord {
  const named = JSON.parse(text) as Omit<RequestRecord, "id" | "chargeNanos"> & { chargeNanos: string };
  return { ...named, id, chargeNanos: BigInt(named.chargeNanos) };
}

/** Answers that a later request may build on are those of the Responses protocol. */
export function answerKey(record: RequestRecord): string | null {
  return record.protocol === "openai-responses" && record.answerId ? record.answerId : null;
}
