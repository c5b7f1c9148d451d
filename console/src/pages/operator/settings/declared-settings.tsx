import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../../../base/api.ts";
import type { Declaration } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { Card, Facts } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { at, type Draft } from "../declare/draft.ts";
import { NotInForce } from "../declare/not-in-force.tsx";
import { isSettingId, SettingForm } from "../declare/setting-form.tsx";
import { DeclaredActions, SourceBadge } from "../declare/source.tsx";
import { useDeclaring } from "../declare/use-declaring.ts";

const textAt = (content: Draft, ...path: string[]): string => String(at(content, path) ?? "–");

function Color({ content, name }: { content: Draft; name: "primary" | "background" | "text" }) {
  const color = textAt(content, "colors", name);
  return (
    <span className="row">
      {color !== "–" && <span className="swatch" style={{ background: color }} />}
      {color}
    </span>
  );
}

/** What of a section people look for first. */
const SUMMARIES = {
  brand: (content: Draft): (readonly [string, ReactNode])[] => [
    [t("declare.brand.name"), textAt(content, "name")],
    [t("declare.brand.logo"), textAt(content, "logo")],
    [t("declare.brand.color.primary"), <Color key="primary" content={content} name="primary" />],
    [t("declare.brand.color.background"), <Color key="background" content={content} name="background" />],
    [t("declare.brand.color.text"), <Color key="text" content={content} name="text" />],
    [t("declare.brand.key_variable"), <code key="variable">{textAt(content, "key_variable")}</code>],
  ],
  signup: (content: Draft): (readonly [string, ReactNode])[] => [
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
  prompts: (content: Draft): (readonly [string, ReactNode])[] => [
    [t("declare.prompts.keep"), t(at(content, ["keep"]) === false ? "declare.no" : "declare.yes")],
    [t("declare.prompts.days"), textAt(content, "days")],
  ],
} as const;

function Setting({ declaration }: { declaration: Declaration }) {
  const { id, source, line, content } = declaration;
  const declaring = useDeclaring();
  if (!isSettingId(id)) return null;
  return (
    <Card
      title={
        <span className="row">
          {t(`declare.setting.${id}`)} <SourceBadge kind="setting" source={source} line={line} />
        </span>
      }
      lead={t(`declare.setting.${id}.lead`)}
      actions={
        <DeclaredActions kind="setting" {...{ id, source, line }} onChange={() => declaring.change(id)} />
      }
    >
      <Facts facts={SUMMARIES[id](content)} />
      {declaring.edited === id && <SettingForm id={id} declaration={declaration} onClose={declaring.close} />}
    </Card>
  );
}

/** Sections of the configuration that may be declared here. */
export function DeclaredSettings() {
  const settings = useQuery({
    queryKey: ["/operator/settings"],
    queryFn: () => api.get<{ items: readonly Declaration[] }>("/operator/settings"),
  });
  const { change } = useDeclaring();
  return (
    <>
      <Loaded query={settings} lines={8}>
        {({ items }) => (
          <div className="grid-2">
            {items.map((one) => (
              <Setting key={one.id} declaration={one} />
            ))}
          </div>
        )}
      </Loaded>
      <NotInForce kind="setting" onChange={change} />
    </>
  );
}
