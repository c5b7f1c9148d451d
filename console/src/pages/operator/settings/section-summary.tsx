import type { ReactNode } from "react";
import type { SettingId } from "../../../../../src/config/declared.ts";
import { t } from "../../../i18n/t.ts";
import { Facts } from "../../../ui/page.tsx";
import { at, type Draft, listAt } from "../declare/draft.ts";

type Fact = readonly [name: string, value: ReactNode];

const textAt = (content: unknown, ...path: string[]): string => String(at(content, path) ?? "–");

function Color({ content, name }: { content: Draft; name: "primary" | "background" | "text" }) {
  const color = textAt(content, "colors", name);
  return (
    <span className="row">
      {color !== "–" && <span className="swatch" style={{ background: color }} />}
      {color}
    </span>
  );
}

/** What of an error differs, in one line. */
function shapeText(shape: unknown): string {
  const own = ["status", "type", "code", "message"].flatMap((field) => at(shape, [field]) ?? []);
  const narrower = Object.keys(at(shape, ["for"]) ?? {});
  return [...own, ...narrower].join(" · ") || "–";
}

const hostText = (host: unknown): string =>
  at(host, ["account"]) === undefined
    ? [
        t(`section.host.role.${(at(host, ["role"]) ?? "api") as "api"}`),
        at(host, ["region"]),
        at(host, ["purpose"]),
      ]
        .filter(Boolean)
        .join(" · ")
    : t("section.host.of", { account: textAt(host, "account") });

/** What of a section people look for first. */
const FACTS: Readonly<Record<SettingId, (content: Draft) => readonly Fact[]>> = {
  brand: (content) => [
    [t("declare.brand.name"), textAt(content, "name")],
    [t("declare.brand.logo"), textAt(content, "logo")],
    [t("declare.brand.color.primary"), <Color key="primary" content={content} name="primary" />],
    [t("declare.brand.color.background"), <Color key="background" content={content} name="background" />],
    [t("declare.brand.color.text"), <Color key="text" content={content} name="text" />],
    [t("declare.brand.key_variable"), <code key="variable">{textAt(content, "key_variable")}</code>],
  ],
  signup: (content) => [
    [
      t("operator.settings.sign-up"),
      t(`operator.settings.sign-up.${(at(content, ["mode"]) ?? "invitation") as "open"}`),
    ],
    [t("declare.signup.phone"), t(`declare.signup.phone.${(at(content, ["phone"]) ?? "off") as "off"}`)],
    [
      t("declare.signup.credit"),
      at(content, ["credit"]) === undefined ? "–" : `$${textAt(content, "credit")}`,
    ],
    [t("keys.plan"), textAt(content, "plan")],
    [t("declare.signup.trial.path"), textAt(content, "trial", "path")],
  ],
  catalogue: (content) => [
    [
      t("section.catalogue.shown_to"),
      t(`section.catalogue.${(at(content, ["shown_to"]) ?? "everybody") as "everybody"}`),
    ],
  ],
  prompts: (content) => [
    [t("declare.prompts.keep"), t(at(content, ["keep"]) === false ? "declare.no" : "declare.yes")],
    [t("declare.prompts.days"), textAt(content, "days")],
  ],
  errors: (content) => Object.entries(content).map(([kind, shape]) => [kind, shapeText(shape)]),
  hosts: (content) => listAt(content, ["hosts"]).map((host) => [textAt(host, "host"), hostText(host)]),
  regions: (content) =>
    listAt(content, ["regions"]).map((region) => [
      textAt(region, "id"),
      [at(region, ["display_name"]), at(region, ["city"])].filter(Boolean).join(", ") || "–",
    ]),
  currencies: (content) =>
    listAt(content, ["currencies"]).map((one) => [
      t("section.currency.since", { code: textAt(one, "code"), from: textAt(one, "from") }),
      `$1 = ${textAt(one, "rate")} ${textAt(one, "code")}`,
    ]),
  accounts: (content) =>
    listAt(content, ["accounts"]).map((account) => [
      textAt(account, "name"),
      `× ${at(account, ["price_multiplier"]) ?? "1"}`,
    ]),
  trusted_proxies: (content) =>
    listAt(content, ["trusted_proxies"]).map((network, index) => [
      t("section.proxies.number", { number: index + 1 }),
      <code key={String(network)}>{String(network)}</code>,
    ]),
};

/** A card is no list: the form has the rest. */
const SHOWN_MAX = 6;

/** What a section says, as far as a card has room for it. */
export function SectionSummary({ id, content }: { id: SettingId; content: Draft }) {
  const facts = FACTS[id](content);
  if (facts.length === 0) return <p className="hint">{t("section.empty")}</p>;
  return (
    <>
      <Facts facts={facts.slice(0, SHOWN_MAX)} />
      {facts.length > SHOWN_MAX && (
        <p className="hint">{t("section.more", { count: facts.length - SHOWN_MAX })}</p>
      )}
    </>
  );
}
