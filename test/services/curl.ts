/** Makes a printed call with the real curl. */
import { cleanEnvironment, run } from "../../clients/gateway.ts";
import type { PrintedCall } from "./printed-call.ts";

const CURL_MS_MAX = 20_000;

export interface CurlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

function keyHeader(auth: PrintedCall["auth"], key: string): string[] {
  if (auth === "bearer") return [`Authorization: Bearer ${key}`];
  return auth === "x-api-key" || auth === "x-goog-api-key" ? [`${auth}: ${key}`] : [];
}

/** curl's arguments, as the document gives them, but for host and key. */
function curlArguments(call: PrintedCall, address: URL, key: string): string[] {
  const host = call.host === undefined ? address.host : `${call.host}:${address.port}`;
  const query = call.auth === "query" ? `?key=${key}` : "";
  const headers = [
    ...keyHeader(call.auth, key),
    ...Object.entries(call.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  return [
    ...(call.method === undefined ? [] : ["-X", call.method]),
    `http://${host}${call.path}${query}`,
    ...(call.host === undefined ? [] : ["--connect-to", `${host}:${address.host}`]),
    ...headers.flatMap((header) => ["-H", header]),
    ...(call.unbuffered ? ["-N"] : []),
    ...(call.body === undefined ? [] : ["-d", JSON.stringify(call.body)]),
  ];
}

function parseAnswer(out: string): CurlAnswer {
  const end = out.indexOf("\r\n\r\n");
  const [first = "", ...lines] = out.slice(0, end).split("\r\n");
  const status = Number(/^HTTP\/\S+ (\d{3})/.exec(first)?.[1]);
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status, headers, text: out.slice(end + 4) };
}

export async function curl(call: PrintedCall, url: string, key: string, cwd: string): Promise<CurlAnswer> {
  const quiet = ["-q", "--silent", "--show-error", "--include", "--path-as-is"];
  const line = ["curl", ...quiet, ...curlArguments(call, new URL(url), key)];
  const { code, out, err } = await run(line, { env: cleanEnvironment(cwd), cwd, msMax: CURL_MS_MAX });
  if (code === 0) return parseAnswer(out);
  throw new Error(`curl exited with ${code}: ${err}`);
}
