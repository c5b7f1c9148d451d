import { useQuery } from "@tanstack/react-query";
import { isSettingId } from "../../../../../src/config/declared.ts";
import { api } from "../../../base/api.ts";
import type { Declaration } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { Card } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { NotInForce } from "../declare/not-in-force.tsx";
import { SettingForm } from "../declare/setting-form.tsx";
import { DeclaredActions, SourceBadge } from "../declare/source.tsx";
import { useDeclaring } from "../declare/use-declaring.ts";
import { SectionSummary } from "./section-summary.tsx";

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
      <SectionSummary id={id} content={content} />
      {declaring.edited === id && source !== "file" && (
        <SettingForm id={id} declaration={declaration} onClose={declaring.close} />
      )}
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
