import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { GatewayError } from "../core/errors.ts";
import type { MediaKind } from "../core/generation/request.ts";
import { inNetworks, isPublicAddress } from "./public-address.ts";
import { kindOfMime, mimeOfBytes } from "./sniff-media.ts";

/** Resolves a host name to addresses. */
export type Resolver = (host: string) => Promise<readonly string[]>;

export interface FetchMediaOptions {
  /** The field as the client wrote it (`messages[0].content[1]`), for errors. */
  readonly field: string;
  /** What it must be; undefined: any. */
  readonly media?: MediaKind;
  /** The client left. */
  readonly signal?: AbortSignal;
  /** Networks that are fetched from although they are private, over http too: addresses and CIDR blocks. */
  readonly privateNetworks?: readonly string[];
  readonly bytesMax?: number;
  /** What several fetches may take together; each takes from it as its bytes come. */
  readonly allowance?: { bytesLeft: number };
  /** From the look-up of the name to the last byte, redirects included. */
  readonly deadlineMs?: number;
  readonly resolve?: Resolver;
  /** Certificates to trust instead of the system's, in PEM. */
  readonly ca?: string;
}

export interface FetchedMedia {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

const BYTES_MAX = 20 * 1024 * 1024;
const DEADLINE_MS = 10_000;
const REDIRECTS_MAX = 3;
/** Of a name with many addresses so many are tried, and only while they refuse the connection. */
const ADDRESSES_MAX = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MEND = "send the bytes in base64 instead";

interface Fetching extends FetchMediaOptions {
  readonly signal: AbortSignal;
}

/** A place that may be connected to: the address was checked, and no name is resolved again. */
interface Checked {
  readonly url: URL;
  readonly addresses: readonly string[];
}

/** What the client reads; the URL itself is not repeated, since it may hold a signature. */
function refusal({ field }: FetchMediaOptions, words: string, cause?: unknown): GatewayError {
  return new GatewayError("bad_request", `${field}: ${words}.`, { param: field, cause });
}

async function systemResolver(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** Rejects when the signal does: a look-up cannot be stopped, only left. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

async function addressesOf(url: URL, fetching: Fetching): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return [host];
  try {
    return await orAborted((fetching.resolve ?? systemResolver)(host), fetching.signal);
  } catch (cause) {
    if (fetching.signal.aborted) throw cause;
    throw refusal(fetching, `the host ${host} was not found; check the address, or ${MEND}`, cause);
  }
}

function parse(text: string, base: URL | undefined, fetching: Fetching): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw refusal(fetching, `only https addresses of media are fetched; ${MEND}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw refusal(fetching, `the address holds a user or password, which is not sent; ${MEND}`);
  }
  return url;
}

/** The addresses behind a URL that may be connected to; IPv4 first, which every machine has. */
async function check(url: URL, fetching: Fetching): Promise<Checked> {
  const own = (address: string) => inNetworks(fetching.privateNetworks ?? [], address);
  const found = await addressesOf(url, fetching);
  const open = found.filter((address) => own(address) || isPublicAddress(address));
  if (open.length === 0) {
    throw refusal(fetching, `the address is not on the public internet, so it is not fetched; ${MEND}`);
  }
  const addresses = open.filter((address) => url.protocol === "https:" || own(address));
  if (addresses.length === 0) {
    throw refusal(fetching, `only https addresses of media are fetched; use https, or ${MEND}`);
  }
  return { url, addresses: addresses.toSorted((a, b) => isIP(a) - isIP(b)).slice(0, ADDRESSES_MAX) };
}

/**
 * Asks one address, under the name's certificate and host. Without keep-alive: Bun keeps connections by
 * address, and one that was checked for another name would be taken.
 */
function ask(url: URL, address: string, { signal, ca }: Fetching): Promise<Response> {
  const place = new URL(url);
  place.hostname = isIP(address) === 6 ? `[${address}]` : address;
  place.hash = "";
  const named = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
  return fetch(place, {
    headers: {
      host: url.host,
      accept: "image/*, audio/*, video/*, application/pdf, text/*",
      "accept-encoding": "identity",
      "user-agent": "Quoin",
    },
    redirect: "manual",
    keepalive: false,
    decompress: false,
    timeout: false,
    signal,
    tls: { ...(named && { serverName: url.hostname }), ...(ca !== undefined && { ca }) },
  } as RequestInit);
}

async function connect({ url, addresses }: Checked, fetching: Fetching): Promise<Response> {
  let fault: unknown;
  for (const address of addresses) {
    try {
      return await ask(url, address, fetching);
    } catch (cause) {
      if (fetching.signal.aborted) throw cause;
      fault = cause;
    }
  }
  throw refusal(fetching, `${url.hostname} could not be reached; check the address, or ${MEND}`, fault);
}

/** The first answer that is no redirect; every hop is checked like the first. */
async function follow(text: string, fetching: Fetching): Promise<Response> {
  let url = parse(text, undefined, fetching);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answer = await connect(await check(url, fetching), fetching);
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    url = parse(location, url, fetching);
  }
  throw refusal(fetching, `the address redirects more than ${REDIRECTS_MAX} times; give the last one`);
}

async function readBytes(answer: Response, fetching: Fetching): Promise<Uint8Array> {
  const bytesMax = fetching.bytesMax ?? BYTES_MAX;
  const tooLarge = () =>
    refusal(fetching, `the media is larger than the ${Math.floor(bytesMax / 1024)} KiB fetched; send less`);
  if (Number(answer.headers.get("content-length")) > bytesMax) throw tooLarge();
  const allowance = fetching.allowance ?? { bytesLeft: bytesMax };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    allowance.bytesLeft -= chunk.length;
    if (size > bytesMax) throw tooLarge();
    if (allowance.bytesLeft < 0) {
      throw refusal(fetching, "the media of this request are together larger than is fetched; send less");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function typed(bytes: Uint8Array, declared: string, fetching: Fetching): FetchedMedia {
  const mime = mimeOfBytes(bytes, declared);
  const { media } = fetching;
  if (mime !== undefined && (media === undefined || kindOfMime(mime) === media)) return { bytes, mime };
  const wanted = media === undefined ? "no media that is known here" : `not the ${media} that it should be`;
  throw refusal(fetching, `what the address gives is ${wanted}; check the address, or ${MEND}`);
}

/** What came, and the type that the server says it has. */
async function fetchWithin(
  text: string,
  fetching: Fetching,
): Promise<{ bytes: Uint8Array; declared: string }> {
  const answer = await follow(text, fetching);
  if (answer.status !== 200) {
    throw refusal(fetching, `the address answers with ${answer.status}; check it, or ${MEND}`);
  }
  const encoding = answer.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw refusal(
      fetching,
      `the address gives compressed bytes although it was asked for plain ones; ${MEND}`,
    );
  }
  const bytes = await readBytes(answer, fetching);
  return { bytes, declared: answer.headers.get("content-type") ?? "" };
}

/** What ended the work, in the client's words. */
function explain(cause: unknown, late: AbortSignal, options: FetchMediaOptions): GatewayError {
  if (cause instanceof GatewayError) return cause;
  if (options.signal?.aborted) {
    return new GatewayError("client_closed", "The client closed while its media was fetched.", { cause });
  }
  if (late.aborted) {
    const seconds = (options.deadlineMs ?? DEADLINE_MS) / 1000;
    return refusal(options, `the media did not arrive within ${seconds} s; ${MEND}`, cause);
  }
  return refusal(options, `the media broke off on its way; try again, or ${MEND}`, cause);
}

/** Fetches and reads, within the deadline. @throws GatewayError */
async function guarded<Result>(
  text: string,
  options: FetchMediaOptions,
  read: (fetched: Awaited<ReturnType<typeof fetchWithin>>, fetching: Fetching) => Result,
): Promise<Result> {
  const late = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
  const done = new AbortController();
  const signal = AbortSignal.any([late, done.signal, ...(options.signal ? [options.signal] : [])]);
  const fetching = { ...options, signal };
  try {
    return read(await fetchWithin(text, fetching), fetching);
  } catch (cause) {
    throw explain(cause, late, options);
  } finally {
    done.abort();
  }
}

/** The bytes at an address of the public internet, whatever they are; guarded as {@link fetchMedia} is. */
export function fetchBytes(text: string, options: FetchMediaOptions): Promise<Uint8Array> {
  return guarded(text, options, ({ bytes }) => bytes);
}

/**
 * Fetches media that a client named by its URL, for upstreams that do not fetch. It goes to the public
 * internet only: the host's addresses are checked, and the connection goes to a checked address, so that a
 * name that changes its mind leads nowhere else. Nothing of the client or of an upstream is sent along.
 * @returns the bytes, and their type by what they are rather than by what the server says
 * @throws GatewayError `bad_request` naming the field and the mend; `client_closed`
 */
export function fetchMedia(text: string, options: FetchMediaOptions): Promise<FetchedMedia> {
  return guarded(text, options, ({ bytes, declared }, fetching) => typed(bytes, declared, fetching));
}
