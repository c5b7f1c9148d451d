import { Link } from "wouter";
import type { AccountModel } from "../../base/contract.ts";
import { duration } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Choice } from "../../ui/field.tsx";
import type { AnswerFacts } from "./stream.ts";
import type { Column } from "./use-columns.ts";

function Facts({ facts }: { facts: AnswerFacts }) {
  const here = useHere();
  const { firstMs, tookMs, requestId, warnings } = facts;
  return (
    <p className="hint">
      {firstMs !== undefined && `${t("playground.first", { took: duration(firstMs) })} · `}
      {t("playground.took", { took: duration(tookMs) })}
      {requestId && (
        <>
          {" · "}
          <Link href={`${here.home}/requests/${requestId}`}>{t("connect.see")}</Link>
        </>
      )}
      {warnings && <span className="warning-line">{warnings}</span>}
    </p>
  );
}

interface ConversationProps {
  column: Column;
  models: readonly AccountModel[];
  onModel: (model: string) => void;
}

/** What was said to one model and what it said. */
export function Conversation({ column, models, onModel }: ConversationProps) {
  const { turns, running, facts, complaint, model } = column;
  return (
    <section className="conversation card" aria-label={model}>
      <Choice
        label={t("models.model")}
        value={model}
        onChoose={onModel}
        options={models.map(({ id, display_name }) => [id, `${display_name} (${id})`])}
      />
      <div className="turns" aria-live="polite" aria-busy={running}>
        {turns.length === 0 && <p className="turns-empty">{t("playground.empty")}</p>}
        {turns.map(({ id, role, text }) => (
          <div key={id} className={`turn ${role}`}>
            <span className="visually-hidden">{t(`playground.${role}`)}</span>
            {text}
          </div>
        ))}
        {running && turns.at(-1)?.role === "user" && (
          <div className="turn assistant">
            <span className="dot pulse" />
          </div>
        )}
      </div>
      {complaint && (
        <p className="notice bad" role="alert">
          {complaint}
        </p>
      )}
      {facts && <Facts facts={facts} />}
    </section>
  );
}
