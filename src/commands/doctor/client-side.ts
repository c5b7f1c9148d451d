import { lookup } from "node:dns/promises";
import { connect } from "node:tls";
import { isWellFormed } from "../../accounts/key-format.ts";
import { countOf } from "../../base/count-of.ts";
import { didYouMean } from "../../config/did-you-mean.ts";
import type { Client } from "../../control/setup/client.ts";
import { checkFor, jobFor, modelFor, viewFor } from "../../control/setup/clients.ts";
import { planChanges } from "../../control/setup/editor/apply.ts";
import { fillJob } from "../../control/setup/editor/job.ts";
import { describeShadows } from "../../control/setup/editor/report.ts";
import type { World } from "../../control/setup/editor/world.ts";
import type { Offer } from "../../control/setup/offer.ts";
import { askModels, reasonOf } from "../../control/setup/probe.ts";
import { clockFinding, type Finding, fail, guarded, ok, warn } from "./finding.ts";

export interface Patient {
  /** As the person has it, with or without /v1. */
  readonly url: URL;
  readonly key: string;
  readonly client: Client;
  /** Whether the person named the client. */
  readonly named: boolean;
  readonly model: string | undefined;
  readonly world: World;
}

const PATIENCE_MS = 15_000;
const CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;

const isLoopback = (name: string) => /^(?:localhost|127\.|\[?::1\]?$)/.test(name);

/** Proxies that every program of this terminal goes through. */
export function proxyFinding({ env }: World, { hostname, protocol }: URL): Finding {
  const names = protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const name = [...names, "ALL_PROXY", "all_proxy"].find((candidate) => env[candidate]);
  if (name === undefined) return ok("proxy", "no proxy is set in this terminal");
  const except = (env.NO_PROXY ?? env.no_proxy ?? "")
    .split(",")
    .map((entry) => entry.trim().replace(/^\./, ""));
  if (
    except.some(
      (entry) => entry === "*" || (entry !== "" && (hostname === entry || hostname.endsWith(`.${entry}`))),
    )
  )
    return ok("proxy", `${name} is set, and ${hostname} is excepted`);
  if (isLoopback(hostname))
    return warn("proxy", `${name} is set, and ${hostname} is not excepted`, `export NO_PROXY=${hostname}`);
  return warn(
    "proxy",
    `${name} is set: every request goes through it`,
    `where answers stop or come all at once, export NO_PROXY=${hostname}`,
  );
}

/** What the address says without asking anybody. */
function addressFindings(url: URL): Finding[] {
  const found: Finding[] = [];
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    found.push(warn("address", "plain HTTP: the key travels in the open", `begin with https://${url.host}`));
  if (/\/(?:chat\/completions|messages|responses|completions|generateContent)\/?$/.test(url.pathname)) {
    const base = url.href.replace(/\/(?:chat\/completions|messages|responses|completions)\/?$/, "");
    found.push(warn("address", "it ends with an endpoint, which programs add themselves", `use ${base}`));
  }
  if (url.search !== "")
    found.push(warn("address", "it has a query", `use ${url.origin}${url.pathname}; keys go into headers`));
  return found.length > 0 ? found : [ok("address", url.href)];
}

async function resolveName({ hostname }: URL): Promise<Finding> {
  const name = hostname.replace(/^\[|\]$/g, "");
  const addresses = await lookup(name, { all: true });
  return ok("dns", `${name} is ${addresses.map(({ address }) => address).join(", ")}`);
}

/** The certificate as a program without exceptions sees it. */
function certificate({ hostname, port }: URL): Promise<Finding> {
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const socket = connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    rejectUnauthorized: false,
  });
  socket.setTimeout(PATIENCE_MS, () => {
    socket.destroy();
    resolve(fail("tls", "no answer to the handshake", "a firewall or proxy drops it; try another network"));
  });
  socket.once("error", (cause) =>
    resolve(fail("tls", reasonOf(cause), `the server must speak TLS at port ${port || 443}`)),
  );
  socket.once("secureConnect", () => {
    const { authorizationError } = socket;
    const { valid_to: until = "" } = socket.getPeerCertificate();
    const days = Math.floor((Date.parse(until) - Date.now()) / DAY_MS);
    socket.end();
    if (authorizationError)
      resolve(
        fail(
          "tls",
          `the certificate is not trusted: ${String(authorizationError)}`,
          "the server must send a whole, valid chain; behind a company's proxy set NODE_EXTRA_CA_CERTS (SSL_CERT_FILE for Python) to its root",
        ),
      );
    else if (days < CERTIFICATE_DAYS)
      resolve(
        warn("tls", `the certificate ends in ${countOf(days, "day")}`, "the server's operator must renew it"),
      );
    else resolve(ok("tls", `the certificate is trusted and holds for ${countOf(days, "day")}`));
  });
  return promise;
}

/** Whether a key can be one, before anybody is asked. */
export function keyFinding(key: string, { keyPrefix, name }: Offer): Finding {
  if (key === "") return fail("key", "no key was given", "quoin doctor --url … --key KEY");
  if (/[\s"']|^bearer/i.test(key))
    return warn(
      "key",
      "there are quotes, spaces or Bearer around it",
      "set the bare key; the gateway forgives it, other tools do not",
    );
  const begins = keyPrefix === "" ? "" : `; keys of ${name} begin with ${keyPrefix}`;
  if (!key.startsWith(keyPrefix))
    return fail("key", `it is a key of another service${begins}`, `take a key of ${name}`);
  if (!isWellFormed(key))
    return fail("key", "it is cut or mistyped: its checksum is wrong", "copy the whole key again");
  return ok("key", "it looks like a key of this service");
}

function pathFinding({ url, client, named }: Patient, offer: Offer): Finding {
  const base = offer.baseUrls[client.dialling];
  const given = url.href.replace(/\/+$/, "");
  const bases = Object.values(offer.baseUrls);
  if (given === base) return ok("path", `${given} is the base URL of ${client.title}`);
  if (!named && (bases.includes(given) || url.pathname === "/"))
    return ok("path", `${given} is a base URL of ${offer.name}`);
  return warn("path", `the base URL of ${client.title} is another`, `use ${base}`);
}

/** A stream that costs nothing; a proxy that buffers gives all of it at once. */
async function streaming({ origin }: URL): Promise<Finding> {
  const response = await fetch(`${origin}/setup/stream-test`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok || !response.body)
    return warn("streaming", `the test answers ${response.status}`, "update the gateway");
  const arrivals: number[] = [];
  for await (const _ of response.body) arrivals.push(performance.now());
  const spread = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  if (spread > 200) return ok("streaming", "events arrive as they are sent");
  return fail(
    "streaming",
    "a proxy on the way holds answers back until they are whole",
    "nginx: proxy_buffering off; elsewhere: no buffering and no compression of text/event-stream",
  );
}

async function models(patient: Patient, offer: Offer): Promise<Finding[]> {
  const { client, key, model } = patient;
  const check = checkFor(client, offer);
  const verdict = await askModels(check, key);
  const header = check.header.split(":")[0] ?? "";
  if (!verdict.ok) return [fail("models", verdict.message, mendFor(verdict.status, offer))];
  const known = offer.models.map(({ id }) => id);
  const answered = ok("models", `${check.url} answers to the key in ${header}`);
  if (model === undefined || offer.withheld || known.includes(model)) return [answered];
  const near = didYouMean(model, known).replace(/^; d/, "d");
  return [
    answered,
    warn(
      "model",
      `"${model}" is in no list; an alias may stand for it`,
      near || `GET ${check.url} lists them`,
    ),
  ];
}

function mendFor(status: number, { name }: Offer): string {
  if (status === 401) return `take another key of ${name}`;
  if (status === 403) return "this key may not be used from here, or not for this";
  if (status === 429) return "wait, or ask for higher limits";
  if (status === 0) return "see the lines above";
  return "the address is wrong, or something on the way answers instead";
}

/** Whether the tool's own files say what setup would write. */
function settings({ client, key, model, world }: Patient, offer: Offer): Finding[] {
  const job = jobFor(client, offer);
  const shadows = describeShadows(job, world).map((note) =>
    warn("settings", note.replace(/^Note: /, ""), "see there"),
  );
  if (job.files.length === 0)
    return [ok("settings", `${client.title} keeps them inside the editor: quoin setup ${client.id}`)];
  const chosen = model ?? modelFor(client, viewFor(client, offer).models);
  const changes = planChanges(fillJob(job, { key, model: chosen }), world);
  const mend = `quoin setup ${client.id} --url ${offer.origin}`;
  if (changes.length === 0) return [ok("settings", `${client.title} is set up`), ...shadows];
  return [
    warn("settings", `the files of ${client.title} say something else than setup would write`, mend),
    ...shadows,
  ];
}

/** Where the gateway is, and what it tells of itself. */
async function reach({ url, key }: Patient): Promise<{ offer: Offer | undefined; findings: Finding[] }> {
  const response = await fetch(`${url.origin}/setup/offer.json`, {
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const { status, headers } = response;
  const clock = clockFinding(headers.get("date"), "the server's");
  const findings = clock ? [clock] : [];
  if (status >= 300 && status < 400) {
    const to = headers.get("location") ?? "another address";
    findings.unshift(
      fail("reach", `it redirects to ${to}; redirects drop the key`, `use ${to.replace(/\/setup\/.*/, "")}`),
    );
    return { offer: undefined, findings };
  }
  const { readOffer } = await import("../../control/setup/read-offer.ts");
  const open = await readOffer(url.origin);
  const sent = open.withheld && isWellFormed(key) ? key : undefined;
  // A key that is refused has a finding of its own.
  const offer = sent === undefined ? open : await readOffer(url.origin, sent).catch(() => open);
  const told = offer.withheld
    ? "which tells its models to keys alone"
    : `with ${countOf(offer.models.length, "model")}`;
  findings.unshift(ok("reach", `${offer.name} answers at ${url.origin}, ${told}`));
  return { offer, findings };
}

/** The way from this machine to a gateway: name, certificate, proxies, address, key, model, streams, settings. */
export async function examineClient(patient: Patient): Promise<Finding[]> {
  const { url, key, world } = patient;
  const findings: Finding[] = [proxyFinding(world, url), ...addressFindings(url)];
  const named = await guarded(
    "dns",
    () => resolveName(url),
    "check the name; a company's network may not know it",
  );
  findings.push(...named);
  if (named.some(({ level }) => level === "fail")) return findings;
  if (url.protocol === "https:")
    findings.push(...(await guarded("tls", () => certificate(url), "see above")));
  let offer: Offer | undefined;
  const reached = await guarded(
    "reach",
    async () => {
      const result = await reach(patient);
      offer = result.offer;
      return result.findings;
    },
    "is the gateway running there, and does a firewall or proxy stand between?",
  );
  findings.push(...reached);
  if (!offer) return findings;
  const there = offer;
  findings.push(pathFinding(patient, there), keyFinding(key, there));
  if (key !== "") findings.push(...(await guarded("models", () => models(patient, there), "see above")));
  findings.push(...(await guarded("streaming", () => streaming(url), "see above")));
  if (patient.named && !there.withheld)
    findings.push(...(await guarded("settings", () => settings(patient, there), "mend the file")));
  return findings;
}
