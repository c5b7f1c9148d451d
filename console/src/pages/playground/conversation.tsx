import { type ReactNode, useEffect, useRef, useState } from "react";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Area, Choice } from "../../ui/field.tsx";
import { Scrollable } from "../../ui/scrollable.tsx";
import { AnswerLine } from "./answer-line.tsx";
import { PartView } from "./part-view.tsx";
import type { CallPart, ResultPart } from "./turns.ts";
import { type Column, type SaidTurn, waitingCalls } from "./use-columns.ts";

function TurnView({ turn, running }: { turn: SaidTurn; running: boolean }) {
  const { role, parts, facts } = turn;
  const thinks = running && parts.at(-1)?.kind === "thought";
  return (
    <>
      {parts.length > 0 && (
        <div className={`turn ${role}`}>
          <span className="visually-hidden">{t(`playground.${role}`)}</span>
          {parts.map((part, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts are only added at the end
            <PartView key={place} part={part} open={thinks && place === parts.length - 1} />
          ))}
        </div>
      )}
      {facts && <AnswerLine facts={facts} />}
    </>
  );
}

const NEAR_END_PX = 120;

/** The turns, scrolled along with what comes while their end is in sight. */
function Turns({ column, children }: { column: Column; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const { turns, running, model } = column;
  useEffect(() => {
    const box = place.current?.parentElement;
    if (!box) return;
    const asked = turns.at(-1)?.role === "user";
    const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
    if (asked || isNear) box.scrollTop = box.scrollHeight;
  }, [turns]);
  return (
    <Scrollable className="turns" label={t("playground.turns", { model })}>
      <div ref={place} className="turns-said" aria-live="polite" aria-busy={running}>
        {children}
      </div>
    </Scrollable>
  );
}

/** The calls that a model waits for, answered by hand. */
function Results({
  calls,
  onAnswer,
}: {
  calls: readonly CallPart[];
  onAnswer: (results: readonly ResultPart[]) => void;
}) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const results = calls.map(
    ({ callId, name }): ResultPart => ({ kind: "result", callId, name, text: texts[callId] ?? "" }),
  );
  return (
    <form
      className="form results"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(results);
      }}
    >
      {calls.map(({ callId, name }) => (
        <Area
          key={callId}
          label={t("playground.result", { name })}
          rows={2}
          placeholder={'{"temperature": 21}'}
          value={texts[callId] ?? ""}
          onText={(text) => setTexts((now) => ({ ...now, [callId]: text }))}
        />
      ))}
      <div className="actions start">
        <Button type="submit" small icon="send" disabled={results.some(({ text }) => text.trim() === "")}>
          {t("playground.answer-calls")}
        </Button>
      </div>
    </form>
  );
}

interface ConversationProps {
  column: Column;
  models: readonly AccountModel[];
  onModel: (model: string) => void;
  onAnswer: (results: readonly ResultPart[]) => void;
}

/** What was said to one model and what it said. */
export function Conversation({ column, models, onModel, onAnswer }: ConversationProps) {
  const { turns, running, complaint, model } = column;
  const calls = waitingCalls(column);
  return (
    <section className="conversation card" aria-label={model}>
      <Choice
        label={t("models.model")}
        value={model}
        onChoose={onModel}
        options={models.map(({ id, display_name }) => [
          id,
          display_name === id ? id : `${display_name} (${id})`,
        ])}
      />
      <Turns column={column}>
        {turns.length === 0 && <p className="turns-empty">{t("playground.empty")}</p>}
        {turns.map((turn, place) => (
          <TurnView key={turn.id} turn={turn} running={running && place === turns.length - 1} />
        ))}
        {running && turns.at(-1)?.role === "user" && (
          <div className="turn assistant">
            <span className="dot pulse" />
          </div>
        )}
      </Turns>
      {calls.length > 0 && <Results key={turns.length} calls={calls} onAnswer={onAnswer} />}
      {complaint && (
        <p className="notice bad" role="alert">
          {complaint}
        </p>
      )}
    </section>
  );
}
