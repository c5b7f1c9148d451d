import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { CATALOGUE_READERS, HOST_JOINS, HOST_KEYS } from "../../../../../src/core/offering.ts";
import { api } from "../../../base/api.ts";
import type { AccountEntry } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { useMeta } from "../../../shell/meta.ts";
import { at, type Path } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftChoice, DraftOneOf, DraftText, DraftWords, More } from "./draft-fields.tsx";
import { DraftList } from "./price-fields.tsx";

/** Who sees models and prices. */
export function CatalogueFields() {
  return (
    <DraftOneOf
      path={["shown_to"]}
      label={t("section.catalogue.shown_to")}
      hint={t("section.catalogue.shown_to.hint")}
      values={CATALOGUE_READERS}
      byDefault="everybody"
      text={(one) => t(`section.catalogue.${one}`)}
    />
  );
}

const COLORS = ["primary", "background", "text"] as const;

export function ColorFields({ at: path }: { at: Path }) {
  return COLORS.map((color) => (
    <DraftText
      key={color}
      path={[...path, color]}
      label={t(`declare.brand.color.${color}`)}
      placeholder="#1a2b3c"
    />
  ));
}

/** What a domain of one account has besides. */
function AccountHostFields({ path, ofAccount }: { path: Path; ofAccount: boolean }) {
  return (
    <More
      label={t("section.host.account")}
      paths={["account", "keys", "join", "brand"].map((name) => [...path, name])}
      open={ofAccount}
    >
      <p className="hint">{t("section.host.account.hint")}</p>
      <div className="two">
        <AccountField path={[...path, "account"]} label={t("operator.account")} />
        <DraftText path={[...path, "brand", "name"]} label={t("declare.brand.name")} />
        <DraftOneOf
          path={[...path, "keys"]}
          label={t("section.host.keys")}
          values={HOST_KEYS}
          byDefault="own"
          text={(one) => t(`section.host.keys.${one}`)}
        />
        <DraftOneOf
          path={[...path, "join"]}
          label={t("section.host.join")}
          values={HOST_JOINS}
          byDefault="invitation"
          text={(one) => t(`section.host.join.${one}`)}
        />
        <DraftText
          path={[...path, "brand", "logo"]}
          label={t("declare.brand.logo")}
          hint={t("declare.brand.logo.hint")}
        />
        <ColorFields at={[...path, "brand", "colors"]} />
      </div>
    </More>
  );
}

const ROLES = ["api", "console", "probe"] as const;

/** For everybody: what customers are told of it. */
function PublicHostFields({ path }: { path: Path }) {
  const { draft } = useDraft();
  const { regions } = useMeta();
  const chosen = at(draft, [...path, "region"]);
  const ids = new Set([...regions.map(({ id }) => id), ...(typeof chosen === "string" ? [chosen] : [])]);
  return (
    <>
      <DraftOneOf
        path={[...path, "role"]}
        label={t("section.host.role")}
        values={ROLES}
        byDefault="api"
        text={(one) => t(`section.host.role.${one}`)}
      />
      <DraftText
        path={[...path, "purpose"]}
        label={t("section.host.purpose")}
        hint={t("section.host.purpose.hint")}
      />
      <DraftChoice
        path={[...path, "region"]}
        label={t("section.host.region")}
        none={t("section.none")}
        options={[...ids].map((id) => [id, id])}
      />
    </>
  );
}

function HostFields({ path }: { path: Path }) {
  const { draft } = useDraft();
  const ofAccount = at(draft, [...path, "account"]) !== undefined;
  return (
    <>
      <div className="two">
        <DraftText path={[...path, "host"]} label={t("section.host")} placeholder="api.example.com" />
        <DraftChoice
          path={[...path, "scheme"]}
          label={t("section.host.scheme")}
          hint={t("section.host.scheme.hint")}
          none="https"
          options={[["http", "http"]]}
        />
        {!ofAccount && <PublicHostFields path={path} />}
      </div>
      <AccountHostFields path={path} ofAccount={ofAccount} />
    </>
  );
}

/** Domains that customers reach the service by. */
export function HostsFields() {
  return (
    <DraftList at={["hosts"]} title={t("section.hosts.each")} add={t("section.hosts.add")} start={{}}>
      {(path) => <HostFields path={path} />}
    </DraftList>
  );
}

/** Places where nodes stand. */
export function RegionsFields() {
  return (
    <DraftList at={["regions"]} title={t("section.regions.each")} add={t("section.regions.add")} start={{}}>
      {(path) => (
        <div className="two">
          <DraftText
            path={[...path, "id"]}
            label={t("declare.id")}
            hint={t("section.region.id.hint")}
            placeholder="eu"
          />
          <DraftText
            path={[...path, "display_name"]}
            label={t("declare.model.display_name")}
            placeholder="Europe"
          />
          <DraftText path={[...path, "city"]} label={t("section.region.city")} placeholder="Frankfurt" />
        </div>
      )}
    </DraftList>
  );
}

/** Currencies besides USD, with dated rates. */
export function CurrenciesFields() {
  return (
    <>
      <p className="hint">{t("section.currencies.hint")}</p>
      <DraftList
        at={["currencies"]}
        title={t("section.currencies.each")}
        add={t("section.currencies.add")}
        start={{}}
      >
        {(path) => (
          <div className="two">
            <DraftText path={[...path, "code"]} label={t("section.currency.code")} placeholder="EUR" />
            <DraftText path={[...path, "rate"]} label={t("section.currency.rate")} placeholder="0.92" />
            <DraftText
              path={[...path, "from"]}
              label={t("declare.price.from")}
              hint={t("section.currency.from.hint")}
              placeholder="2026-12-01"
            />
          </div>
        )}
      </DraftList>
    </>
  );
}

/** An account by its name; those that there are, to choose from. */
function AccountField({ path, label }: { path: Path; label: string }) {
  const list = useId();
  const { data } = useQuery({
    queryKey: ["/operator/accounts", "choice"],
    queryFn: () => api.get<Listed<AccountEntry>>("/operator/accounts", { limit: 200 }),
  });
  return (
    <>
      <DraftText path={path} label={label} list={list} placeholder="acme" />
      <datalist id={list}>
        {data?.items.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

/** What is agreed with single customers. */
export function AccountsFields() {
  return (
    <DraftList
      at={["accounts"]}
      title={t("section.accounts.each")}
      add={t("section.accounts.add")}
      start={{}}
    >
      {(path) => (
        <div className="two">
          <AccountField path={[...path, "name"]} label={t("operator.account")} />
          <DraftText
            path={[...path, "price_multiplier"]}
            label={t("operator.plan.pays")}
            hint={t("section.account.pays.hint")}
            unit="×"
            placeholder="0.9"
          />
        </div>
      )}
    </DraftList>
  );
}

/** Proxies that are believed. */
export function ProxiesFields() {
  return (
    <DraftWords
      path={["trusted_proxies"]}
      label={t("section.proxies.addresses")}
      hint={t("section.proxies.addresses.hint")}
      placeholder="127.0.0.1, 10.0.0.0/8"
    />
  );
}
