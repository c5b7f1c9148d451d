import { createPrivateKey, sign } from "node:crypto";
import { asObject, asWord } from "../../core/json.ts";

/** What is posted to have an access token, and where. */
export interface TokenRequest {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const ASSERTION_SECONDS = 3_600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** RFC 7523, as Google asks for it ("Using OAuth 2.0 for Server to Server Applications"). */
function assertion(file: Readonly<Record<string, unknown>>, audience: string, atMs: number): string {
  const iat = Math.floor(atMs / 1_000);
  const header = { alg: "RS256", typ: "JWT", kid: asWord(file.private_key_id) };
  const claims = {
    iss: asWord(file.client_email),
    scope: SCOPE,
    aud: audience,
    iat,
    exp: iat + ASSERTION_SECONDS,
  };
  const text = `${part(header)}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(text), createPrivateKey(asWord(file.private_key)));
  return `${text}.${signature.toString("base64url")}`;
}

/** @throws Error where the file is none of the two kinds */
export function tokenRequest(credential: string, atMs: number): TokenRequest {
  const file = asObject(JSON.parse(credential));
  const url = asWord(file?.token_uri) || TOKEN_URL;
  if (file?.type === "service_account") {
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    return { url, form: { grant_type, assertion: assertion(file, url, atMs) } };
  }
  if (file?.type === "authorized_user") {
    const { client_id, client_secret, refresh_token } = file;
    const form = {
      client_id: asWord(client_id),
      client_secret: asWord(client_secret),
      refresh_token: asWord(refresh_token),
    };
    return { url, form: { grant_type: "refresh_token", ...form } };
  }
  throw new Error("api_key is JSON, but not the file of a service account or of an authorized user");
}
