import type { z } from "@hono/zod-openapi";
import { type AccountBrand, proofPlaces } from "../../../accounts/account-brand.ts";
import type { AccountRow } from "../../../accounts/directory.ts";
import { countAttempt, countDomainLooks } from "../../../accounts/people/attempts.ts";
import { randomBase62 } from "../../../base/base62.ts";
import { present } from "../../../base/present.ts";
import type { AccountHost } from "../../../core/offering.ts";
import { bytesInUrl, logoType } from "../../brand-logo.ts";
import { ACCOUNT_BRAND, type AccountBrand as BrandTold, NEW_BRAND, OWN_BRAND } from "../../contract/brand.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import type { HttpDeps } from "../deps.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Brands");

const LOGO_BYTES_MAX = 128 * 1024;
const PROOF_LENGTH = 24;

function brandView({ accountId, host, proof, approvedAt, updatedAt }: AccountBrand): BrandTold {
  const { brand, keys, join } = host;
  return {
    account_id: accountId,
    account: host.account,
    host: host.host,
    name: brand.name ?? null,
    logo: brand.logo ?? null,
    colors: brand.colors,
    ...{ keys, join },
    state: approvedAt === undefined ? "pending" : "in_force",
    proof: { ...proofPlaces(host.host), value: proof },
    updated_at: new Date(updatedAt).toISOString(),
  };
}

/** What the audit keeps: no picture. */
const noteOf = ({ host, approvedAt }: AccountBrand) => ({
  host: host.host,
  ...{ name: host.brand.name, colors: host.brand.colors, keys: host.keys, join: host.join },
  has_logo: host.brand.logo !== undefined,
  in_force: approvedAt !== undefined,
});

/** @throws HttpError where it is no picture, or too large */
function readLogo(logo: string | null): string | undefined {
  if (logo === null) return undefined;
  const bytes = bytesInUrl(logo);
  if (bytes && bytes.length <= LOGO_BYTES_MAX && logoType(bytes)) return logo;
  const mend = "send a PNG, JPEG, WebP, GIF or SVG of at most 128 KiB as a data URL";
  throw new HttpError("invalid", `logo: this is no picture that can be shown; ${mend}.`, { field: "logo" });
}

const taken = (host: string) =>
  new HttpError("conflict", `host: ${host} is in use here already; ask those who run this service.`, {
    field: "host",
  });

/** @throws HttpError where the service itself or another account has the domain */
function requireFree({ control }: HttpDeps, host: string, account: string): void {
  const { hosts, accountHosts } = control.snapshot().offering;
  const others = accountHosts.get(host);
  if (hosts.some((one) => one.host === host) || (others && others.account !== account)) throw taken(host);
}

/** What is told to the gateway's own parts and other nodes. @throws HttpError where another was first */
async function keep({ control, declarations }: HttpDeps, brand: AccountBrand): Promise<AccountBrand> {
  if (!(await control.brands.put(brand))) throw taken(brand.host.host);
  await declarations.reload();
  return brand;
}

async function brandOf({ control }: HttpDeps, accountId: string): Promise<AccountBrand> {
  const found = await control.brands.find(accountId);
  if (found) return found;
  throw new HttpError("not_found", "This account has no domain of its own; PUT /brand writes one down.");
}

/** Looks at the domain, unless that was done too often. @throws HttpError where it shows no proof; Refusal (limited) */
async function requireProof(
  { control }: HttpDeps,
  { accountId, host: { host }, proof }: AccountBrand,
): Promise<void> {
  const why = `${host} was looked at too often; its DNS may take some minutes to show a new record`;
  await countAttempt(control.people, countDomainLooks(accountId, host), why);
  if (await control.isProven(host, proof)) return;
  const mend = `set a TXT record ${proofPlaces(host).record} with the value ${proof}, and try again once the DNS shows it`;
  throw new HttpError("invalid", `The domain is not proven yet: ${mend}.`);
}

async function drop(deps: HttpDeps, accountId: string): Promise<AccountBrand> {
  const before = await brandOf(deps, accountId);
  await deps.control.brands.remove(accountId);
  await deps.declarations.reload();
  return before;
}

function hostOf(
  { host, name, logo, colors, keys, join }: z.output<typeof NEW_BRAND>,
  { name: account }: AccountRow,
  before: AccountBrand | undefined,
): AccountHost {
  const kept = logo === undefined ? before?.host.brand.logo : readLogo(logo);
  const brand = { name: name ?? undefined, logo: kept, colors: present(colors) };
  return { host, scheme: "https", account, brand, keys, join };
}

async function ownBrand({ control }: HttpDeps, { accountId, name }: AccountRow) {
  const found = await control.brands.find(accountId);
  const { accountHosts } = control.snapshot().offering;
  const theirs = [...accountHosts.values()].filter(({ account }) => account === name);
  return {
    brand: found ? brandView(found) : null,
    declared: theirs.map(({ host }) => host).filter((host) => host !== found?.host.host),
  };
}

const OPERATOR = {
  params: { id: ID.describe("Of the account.") },
  errors: ["not_found", "conflict"],
} as const;

export const BRAND_ROUTES = [
  area.account({
    method: "get",
    path: "/brand",
    requires: "account:read",
    summary: "The account's own domain and brand",
    description: "With what proves the domain.",
    answer: OWN_BRAND,
    handle: ({ deps, account }) => ownBrand(deps, account),
  }),
  area.account({
    method: "put",
    path: "/brand",
    requires: "account:write",
    summary: "Give the account a domain and a brand",
    description:
      "In force once the domain is proven or the operator approves it; a change of the looks alone at once.",
    body: NEW_BRAND,
    answer: OWN_BRAND,
    errors: ["conflict"],
    audit: "brands.put",
    async handle({ deps, account, body, now, note }) {
      requireFree(deps, body.host, account.name);
      const before = await deps.control.brands.find(account.accountId);
      const isSame = before?.host.host === body.host;
      const made = await keep(deps, {
        accountId: account.accountId,
        host: hostOf(body, account, before),
        proof: isSame ? before.proof : `quoin-domain=${randomBase62(PROOF_LENGTH)}`,
        approvedAt: isSame ? before.approvedAt : undefined,
        updatedAt: now,
      });
      note({ target: body.host, before: before && noteOf(before), after: noteOf(made) });
      return await ownBrand(deps, account);
    },
  }),
  area.account({
    method: "post",
    path: "/brand/prove",
    requires: "account:write",
    summary: "Prove the domain",
    description: "Looks for the value in the domain's DNS, and at the file; 6 times a minute, 30 an hour.",
    answer: OWN_BRAND,
    errors: ["not_found", "conflict", "invalid", "rate_limited"],
    audit: "brands.prove",
    async handle({ deps, account, now, note }) {
      const found = await brandOf(deps, account.accountId);
      if (found.approvedAt === undefined) await requireProof(deps, found);
      await keep(deps, { ...found, approvedAt: found.approvedAt ?? now });
      note({ target: found.host.host });
      return await ownBrand(deps, account);
    },
  }),
  area.account({
    method: "delete",
    path: "/brand",
    requires: "account:write",
    summary: "Give the domain up",
    description: "At once: requests at it are served as at an unknown host.",
    answer: DONE,
    errors: ["not_found"],
    audit: "brands.delete",
    async handle({ deps, account, note }) {
      const before = await drop(deps, account.accountId);
      note({ target: before.host.host, before: noteOf(before) });
      return IS_DONE;
    },
  }),
  area.operator({
    method: "get",
    path: "/brands",
    requires: "operator:accounts:read",
    summary: "Domains and brands of all accounts",
    description: "Those that wait for a word first.",
    query: PAGE,
    answer: pageOf(ACCOUNT_BRAND),
    handle: async ({ deps, query }) =>
      pageFrom(await deps.control.brands.list(), query, {
        id: ({ accountId }) => accountId,
        view: brandView,
      }),
  }),
  area.operator({
    ...OPERATOR,
    method: "post",
    path: "/brands/{id}/approve",
    requires: "operator:accounts:write",
    summary: "Approve an account's domain",
    description: "As if it were proven.",
    answer: ACCOUNT_BRAND,
    audit: "brands.approve",
    async handle({ deps, params, now, note }) {
      const found = await brandOf(deps, params.id);
      requireFree(deps, found.host.host, found.host.account);
      const approved = await keep(deps, { ...found, approvedAt: found.approvedAt ?? now });
      note({ target: found.host.host, accountId: params.id });
      return brandView(approved);
    },
  }),
  area.operator({
    ...OPERATOR,
    method: "delete",
    path: "/brands/{id}",
    requires: "operator:accounts:write",
    summary: "Take an account's domain away",
    description: "At once; its owner may write another down.",
    answer: DONE,
    audit: "brands.delete",
    async handle({ deps, params, note }) {
      const before = await drop(deps, params.id);
      note({ target: before.host.host, accountId: params.id, before: noteOf(before) });
      return IS_DONE;
    },
  }),
];
