import { useState } from "react";
import { useSearchParams } from "wouter";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { useModels } from "../models/use-models.ts";
import { CodeDialog } from "./code-dialog.tsx";
import { Composer } from "./composer.tsx";
import { Conversation } from "./conversation.tsx";
import { PROTOCOLS } from "./protocols/protocols.ts";
import { NO_SETTINGS, SettingsFields, wishesOf } from "./settings-fields.tsx";
import { type ToolDraft, Tools } from "./tools.tsx";
import type { Turn } from "./turns.ts";
import { useColumns, waitingCalls } from "./use-columns.ts";

const HELLO: Turn = { role: "user", parts: [{ kind: "text", text: "Hello" }] };

type Talk = ReturnType<typeof useColumns>;

function Bar({ talk, second, onCode }: { talk: Talk; second: string; onCode: () => void }) {
  return (
    <div className="row">
      {talk.columns.length === 1 ? (
        <Button small icon="plus" onClick={() => talk.compare(second)}>
          {t("playground.compare")}
        </Button>
      ) : (
        <Button small icon="close" onClick={talk.single}>
          {t("playground.single")}
        </Button>
      )}
      <Button small icon="copy" onClick={onCode}>
        {t("playground.code")}
      </Button>
      <Button small icon="trash" onClick={talk.clear} disabled={talk.running}>
        {t("playground.clear")}
      </Button>
    </div>
  );
}

function Playground({ models }: { models: readonly AccountModel[] }) {
  const [search] = useSearchParams();
  const wanted = models.find(({ id }) => id === search.get("model"));
  const first = (wanted ?? models[0])?.id ?? "";
  const talk = useColumns(models, first);
  const { columns, running } = talk;
  const [chosen, setChosen] = useState("openai-chat");
  const [coding, setCoding] = useState(false);
  const [settings, setSettings] = useState(NO_SETTINGS);
  const [drafts, setDrafts] = useState<readonly ToolDraft[]>([]);
  const asked = models.filter(({ id }) => columns.some(({ model }) => model === id));
  const spoken = PROTOCOLS.filter(({ id }) => asked.every(({ protocols }) => protocols.includes(id)));
  const protocol = spoken.find(({ id }) => id === chosen) ?? spoken[0] ?? PROTOCOLS[0];
  const column = columns[0];
  if (!protocol || !column) return null;
  const way = { protocol, wishes: wishesOf(settings, drafts) };
  const second = models.find(({ id }) => id !== column.model)?.id ?? first;
  const thinking = models.find(({ id }) => id === column.model)?.thinking ?? {};
  return (
    <>
      <div className="row spread">
        <Segments
          label={t("requests.protocol")}
          options={spoken.map(({ id, title }) => [id, title])}
          chosen={protocol.id}
          onChoose={setChosen}
        />
        <Bar talk={talk} second={second} onCode={() => setCoding(true)} />
      </div>
      <div className={columns.length > 1 ? "columns two-columns" : "columns"}>
        {columns.map((one, index) => (
          <Conversation
            key={one.id}
            column={one}
            models={models}
            onModel={(model) => talk.chooseModel(index, model)}
            onAnswer={(results) => talk.answer(index, results, way)}
          />
        ))}
      </div>
      <Composer
        models={asked}
        busy={running}
        waiting={columns.some((one) => waitingCalls(one).length > 0)}
        onStop={talk.stop}
        onSend={(parts) => talk.send(parts, way)}
      />
      <SettingsFields settings={settings} onChange={setSettings} />
      <Tools drafts={drafts} onChange={setDrafts} />
      <p className="hint">{t("playground.charged")}</p>
      {coding && (
        <CodeDialog
          protocol={protocol}
          asked={{
            ...{ ...way.wishes, thinking, model: column.model },
            turns: column.turns.length > 0 ? column.turns : [HELLO],
          }}
          onClose={() => setCoding(false)}
        />
      )}
    </>
  );
}

const isTalker = ({ included, protocols }: AccountModel): boolean =>
  included && PROTOCOLS.some(({ id }) => protocols.includes(id));

/** Any model in any protocol, through the gateway itself, charged as any request is. */
export function PlaygroundPage() {
  const models = useModels();
  return (
    <Page title={t("nav.playground")} lead={t("playground.lead")}>
      <Loaded query={models} lines={8}>
        {(all) => {
          const usable = all.filter(isTalker);
          return usable.length > 0 ? (
            <Playground models={usable} />
          ) : (
            <Card>
              <Empty icon="models" title={t("playground.none")}>
                {t("playground.none.text")}
              </Empty>
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}
