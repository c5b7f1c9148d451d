/** Keys of AWS, as `ACCESS_KEY_ID:SECRET_ACCESS_KEY` or with `:SESSION_TOKEN` behind. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

const KEYS = /^([A-Z0-9]{16,128}):([^:]{16,}?)(?::(.+))?$/;

/** Undefined where the credential is something else (an API key of Bedrock). */
export function awsKeysOf(credential: string): AwsKeys | undefined {
  const [, accessKeyId, secretAccessKey, sessionToken] = KEYS.exec(credential) ?? [];
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

/** What is to be signed: a POST whose headers but these may change on the way. */
export interface Signing {
  readonly url: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly region: string;
  readonly service: string;
  readonly keys: AwsKeys;
  readonly atMs: number;
}

const hash = (data: string | Uint8Array): string => new Bun.CryptoHasher("sha256").update(data).digest("hex");
const mac = (key: string | Uint8Array, data: string): Uint8Array =>
  new Uint8Array(new Bun.CryptoHasher("sha256", key).update(data).digest());

/** Outside S3 a path is encoded once more for its signature than for its way. */
function canonicalPath(path: string): string {
  return path
    .split("/")
    .map((segment) =>
      encodeURIComponent(segment).replace(
        /[!'()*]/g,
        (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join("/");
}

/**
 * The headers that sign a request by Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request").
 * @param signing its URL has no query
 */
export function signedHeaders(signing: Signing): Record<string, string> {
  const { url, body, contentType, region, service, keys, atMs } = signing;
  const { host, pathname } = new URL(url);
  const at = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = at.slice(0, 8);
  const headers: Record<string, string> = {
    "content-type": contentType,
    host,
    "x-amz-date": at,
    ...(keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const request = ["POST", canonicalPath(pathname), "", lines, names.join(";"), hash(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Uint8Array>(
    mac,
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = Buffer.from(mac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash(request)}`)).toString(
    "hex",
  );
  const { host: _, ...sent } = headers;
  const by = `Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...sent, authorization: `AWS4-HMAC-SHA256 ${by}` };
}
