import { type KeyboardEvent, useState } from "react";
import { useSearchParams } from "wouter";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Area, Field } from "../../ui/field.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Segments, Tabs } from "../../ui/tabs.tsx";
import { useModels } from "../models/use-models.ts";
import { codeOf, LANGUAGES } from "./code.ts";
import { Conversation } from "./conversation.tsx";
import { type Asked, type PlaygroundProtocol, PROTOCOLS } from "./protocols.ts";
import { useColumns } from "./use-columns.ts";

interface Settings {
  readonly system: string;
  readonly temperature: string;
  readonly outputTokensMax: string;
}

const numberOf = (text: string): number | undefined => {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? undefined : number;
};

const askedOf = ({ system, temperature, outputTokensMax }: Settings) => ({
  system: system.trim(),
  temperature: numberOf(temperature),
  outputTokensMax: numberOf(outputTokensMax),
});

function SettingsFields({ settings, onChange }: { settings: Settings; onChange: (next: Settings) => void }) {
  return (
    <details className="more">
      <summary>{t("playground.settings")}</summary>
      <div className="stack">
        <Area
          label={t("playground.system")}
          value={settings.system}
          onText={(system) => onChange({ ...settings, system })}
        />
        <div className="two">
          <Field
            label={t("playground.temperature")}
            inputMode="decimal"
            placeholder={t("playground.default")}
            value={settings.temperature}
            onChange={({ target }) => onChange({ ...settings, temperature: target.value })}
          />
          <Field
            label={t("playground.output")}
            unit={t("playground.tokens")}
            inputMode="numeric"
            placeholder={t("playground.default")}
            value={settings.outputTokensMax}
            onChange={({ target }) => onChange({ ...settings, outputTokensMax: target.value })}
          />
        </div>
      </div>
    </details>
  );
}

interface CodeProps {
  protocol: PlaygroundProtocol;
  asked: Asked;
  onClose: () => void;
}

function CodeDialog({ protocol, asked, onClose }: CodeProps) {
  const meta = useMeta();
  const [language, setLanguage] = useState("curl");
  const [known] = LANGUAGES.find(([id]) => id === language) ?? (["curl"] as const);
  return (
    <Dialog kind="wide" title={t("playground.code")} onClose={onClose}>
      <Tabs
        label={t("playground.language")}
        tabs={LANGUAGES.map(([id, label]) => ({ id, label }))}
        chosen={language}
        onChoose={setLanguage}
      >
        <CodeBlock title={protocol.title} code={codeOf(known, { protocol, asked, meta })} />
      </Tabs>
    </Dialog>
  );
}

function Composer({
  busy,
  onSend,
  onStop,
}: {
  busy: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
}) {
  const [text, setText] = useState("");
  function send() {
    if (text.trim() === "" || busy) return;
    onSend(text);
    setText("");
  }
  function onKey(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }
  return (
    <div className="composer">
      <textarea
        rows={3}
        aria-label={t("playground.message")}
        placeholder={t("playground.message.hint")}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKey}
      />
      {busy ? (
        <Button icon="stop" onClick={onStop}>
          {t("playground.stop")}
        </Button>
      ) : (
        <Button look="primary" icon="send" disabled={text.trim() === ""} onClick={send}>
          {t("playground.send")}
        </Button>
      )}
    </div>
  );
}

function Playground({ models }: { models: readonly AccountModel[] }) {
  const [search] = useSearchParams();
  const wanted = models.find(({ id }) => id === search.get("model"));
  const first = (wanted ?? models[0])?.id ?? "";
  const { columns, running, ...talk } = useColumns(first);
  const [chosen, setChosen] = useState("openai-chat");
  const [coding, setCoding] = useState(false);
  const [settings, setSettings] = useState<Settings>({ system: "", temperature: "", outputTokensMax: "" });
  const protocol = PROTOCOLS.find(({ id }) => id === chosen) ?? PROTOCOLS[0];
  if (!protocol) return null;
  const second = models.find(({ id }) => id !== columns[0]?.model)?.id ?? first;
  const column = columns[0];
  const turns = column && column.turns.length > 0 ? column.turns : [{ role: "user" as const, text: "Hello" }];
  return (
    <>
      <div className="row spread">
        <Segments
          label={t("requests.protocol")}
          options={PROTOCOLS.map(({ id, title }) => [id, title])}
          chosen={protocol.id}
          onChoose={setChosen}
        />
        <div className="row">
          {columns.length === 1 ? (
            <Button small icon="plus" onClick={() => talk.compare(second)}>
              {t("playground.compare")}
            </Button>
          ) : (
            <Button small icon="close" onClick={talk.single}>
              {t("playground.single")}
            </Button>
          )}
          <Button small icon="copy" onClick={() => setCoding(true)}>
            {t("playground.code")}
          </Button>
          <Button small icon="trash" onClick={talk.clear} disabled={running}>
            {t("playground.clear")}
          </Button>
        </div>
      </div>
      <div className={columns.length > 1 ? "columns two-columns" : "columns"}>
        {columns.map((one, index) => (
          <Conversation
            key={one.id}
            column={one}
            models={models}
            onModel={(model) => talk.chooseModel(index, model)}
          />
        ))}
      </div>
      <Composer
        busy={running}
        onStop={talk.stop}
        onSend={(text) => talk.send({ protocol, settings: askedOf(settings), text })}
      />
      <SettingsFields settings={settings} onChange={setSettings} />
      <p className="hint">{t("playground.charged")}</p>
      {coding && column && (
        <CodeDialog
          protocol={protocol}
          asked={{ ...askedOf(settings), model: column.model, turns }}
          onClose={() => setCoding(false)}
        />
      )}
    </>
  );
}

/** Any model in any protocol, through the gateway itself, charged as any request is. */
export function PlaygroundPage() {
  const models = useModels();
  return (
    <Page title={t("nav.playground")} lead={t("playground.lead")}>
      <Loaded query={models} lines={8}>
        {(all) => {
          const usable = all.filter(({ included, endpoints }) => included && endpoints.includes("chat"));
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
