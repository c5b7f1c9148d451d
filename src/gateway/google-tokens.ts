import { asObject, asWord } from "../core/json.ts";
import { tokenRequest } from "../providers/cloud/google-credential.ts";

/** A token is asked for anew this long before it ends. */
const EARLY_MS = 60_000;
const PATIENCE_MS = 10_000;
const QUOTED_MAX = 300;

/** Google says no: the credential is wrong, or was withdrawn. */
export class CredentialRefused extends Error {}

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

const tokens = new Map<string, Promise<Token>>();

/** @throws CredentialRefused where the credential is none, or what answers is not Google */
function read<Value>(what: string, make: () => Value): Value {
  try {
    return make();
  } catch (cause) {
    throw new CredentialRefused(`${what}: ${cause}`, { cause });
  }
}

async function askGoogle(credential: string): Promise<Token> {
  const nowMs = Date.now();
  const { url, form } = read("this credential cannot be used", () => tokenRequest(credential, nowMs));
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  const quoted = text.slice(0, QUOTED_MAX);
  if (!response.ok)
    throw new CredentialRefused(`Google gives no token for this credential (${response.status}): ${quoted}`);
  const said = asObject(read(`${url} gives no token`, (): unknown => JSON.parse(text)));
  const token = asWord(said?.access_token);
  if (token === "") throw new CredentialRefused(`${url} gives no token: ${quoted}`);
  const seconds = typeof said?.expires_in === "number" ? said.expires_in : 0;
  return { text: token, untilMs: nowMs + seconds * 1_000 - EARLY_MS };
}

/**
 * An access token for the file of a Google credential; asked for once by all who wait for it, and kept until it ends.
 * @throws CredentialRefused; what fetch throws where Google is out of reach
 */
export async function googleToken(credential: string): Promise<string> {
  const known = tokens.get(credential);
  const kept = await known?.catch(() => undefined);
  if (kept && kept.untilMs > Date.now()) return kept.text;
  // Another who waited may have asked already.
  const asked = tokens.get(credential);
  const asking = asked === known || asked === undefined ? askGoogle(credential) : asked;
  tokens.set(credential, asking);
  return (await asking).text;
}
