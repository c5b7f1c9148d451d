import { readFileSync } from "node:fs";
import { z } from "zod";
import { isSignedBy, type PublicReceiptKey } from "../billing/receipt-signature.ts";
import { formatUsd } from "../core/money.ts";
import { type Command, print, UsageError } from "./command.ts";
import { readOptions } from "./options.ts";

const RECEIPT = z.object({
  receipt: z.looseObject({
    type: z.literal("quoin.receipt.v1"),
    request_id: z.string(),
    at: z.string(),
    account: z.string(),
    model: z.string(),
    net_nanos: z.string().regex(/^-?\d{1,30}$/),
  }),
  signature: z.object({ alg: z.literal("Ed25519"), kid: z.string(), value: z.string() }),
});

const KEY = z.object({ kid: z.string(), kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });
/** The published document, or one key out of it. */
const KEYS = z.union([z.object({ keys: z.array(KEY).min(1) }), KEY.transform((key) => ({ keys: [key] }))]);

/** @throws Error naming the file and what is wrong with it. */
function readAs<T>(file: string, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${file} is not ${what}: ${issue?.path.join(".") || "the document"}: ${issue?.message}`);
}

function verdictOf(keys: readonly PublicReceiptKey[], signed: z.infer<typeof RECEIPT>): string | undefined {
  const key = keys.find(({ kid }) => kid === signed.signature.kid);
  if (!key) return `the key ${signed.signature.kid}, which it names, is not among those given`;
  return isSignedBy(signed, key) ? undefined : "it is not what that key signed: it was changed, or forged";
}

/** `quoin receipt verify FILE --key FILE`: offline; exit 1 where the signature does not hold. */
export const receipt: Command = async ({ args }) => {
  const [word, ...rest] = args;
  if (word !== "verify") throw new UsageError("quoin receipt takes: verify FILE --key FILE.");
  const options = readOptions(rest, { key: "string", json: "boolean" });
  const [file] = options.words;
  if (file === undefined) throw new UsageError("Name the receipt's file.");
  const signed = readAs(file, RECEIPT, "a receipt");
  const { keys } = readAs(options.required("key"), KEYS, "the document of /.well-known/quoin-receipts.json");
  const wrong = verdictOf(keys, signed);
  const { request_id, account, at, model, net_nanos } = signed.receipt;
  const holds = `The receipt holds: request ${request_id} of ${account}, ${at}, ${model}, $${formatUsd(BigInt(net_nanos))}.`;
  const verdict = { ok: wrong === undefined, request_id, kid: signed.signature.kid, reason: wrong ?? null };
  const told = wrong === undefined ? holds : `The receipt does NOT hold: ${wrong}.`;
  print(options.flag("json") ? JSON.stringify(verdict) : told);
  return wrong === undefined ? 0 : 1;
};
