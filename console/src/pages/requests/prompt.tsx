import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../base/api.ts";
import type { KeptPrompt, Prompt, RequestRow } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { day } from "../../base/time.ts";
import { t } from "../../i18n/t.ts";
import { type Here, useHere, useMe } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyButton } from "../../ui/copy.tsx";

type Turn = Prompt["turns"][number];
type Part = Turn["parts"][number];

function PartText({ part }: { part: Part }) {
  switch (part.kind) {
    case "text":
      return <p className="said">{part.text}</p>;
    case "thinking":
      return (
        <details className="thought">
          <summary>{t("playground.thought")}</summary>
          <p className="said">{part.text}</p>
        </details>
      );
    case "media":
      return (
        <p className="hint">
          {part.mime ?? part.media} · <code>{part.source}</code>
        </p>
      );
    case "call":
      return (
        <div className="call">
          <span className="call-name">
            {t("playground.calls")} <code>{part.name}</code>
          </span>
          <pre>{part.input}</pre>
        </div>
      );
    case "result":
      return (
        <div className="call">
          <span className="call-name">{t("prompt.result")}</span>
          <pre>{part.text}</pre>
          {part.media.map((media) => (
            <PartText key={media.source} part={media} />
          ))}
        </div>
      );
    case "other":
      return <p className="hint">{t("prompt.other", { type: part.type })}</p>;
  }
}

const FIRST_CHARACTERS = 80;

/** The beginning of what a turn says, for those that are closed. */
function beginningOf({ parts }: Turn): string {
  const text = parts.map((part) => ("text" in part ? part.text : part.kind)).join(" ");
  return text.length > FIRST_CHARACTERS ? `${text.slice(0, FIRST_CHARACTERS)}…` : text;
}

function TurnText({ turn, open }: { turn: Turn; open: boolean }) {
  const [isOpen, setOpen] = useState(open);
  return (
    <details
      className={`prompt-turn ${turn.role}`}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <strong>{t(`prompt.role.${turn.role}`)}</strong>
        {!isOpen && <span className="hint"> {beginningOf(turn)}</span>}
      </summary>
      {turn.parts.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said does not change
        <PartText key={place} part={part} />
      ))}
    </details>
  );
}

/** Of a long conversation only its end is open. */
const OPEN_TURNS = 2;

function Conversation({ prompt }: { prompt: Prompt }) {
  const from = prompt.turns.length - OPEN_TURNS;
  return (
    <>
      {prompt.turns.map((turn, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said does not change
        <TurnText key={place} turn={turn} open={place >= from && turn.role !== "system"} />
      ))}
      {prompt.answer.map((turn, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said does not change
        <TurnText key={place} turn={turn} open />
      ))}
      {prompt.answer.length === 0 && <p className="hint">{t("prompt.no-answer")}</p>}
      {prompt.is_cut && <p className="hint">{t("prompt.cut")}</p>}
    </>
  );
}

const keyOf = (here: Here, id: string) => ["prompt", here.name, id];

/** What a request said and was answered, where that is kept; nothing where it is not, or not for this reader. */
export function PromptSection({ request: { id, user_id } }: { request: RequestRow }) {
  const here = useHere();
  const me = useMe();
  const isMine = user_id === me.user.id || here.may("keys:manage");
  const [deleting, setDeleting] = useState(false);
  const { data } = useQuery({
    queryKey: keyOf(here, id),
    enabled: here.may("prompts:read") && isMine,
    queryFn: () => api.get<KeptPrompt>(`${here.api}/requests/${id}/prompt`),
  });
  const prompt = data?.prompt;
  if (!prompt) return null;
  async function remove() {
    await api.delete(`${here.api}/requests/${id}/prompt`);
    await queryClient.invalidateQueries({ queryKey: keyOf(here, id) });
  }
  return (
    <section className="stack">
      <div className="row spread">
        <h3>{t("prompt.title")}</h3>
        <div className="row">
          <CopyButton text={JSON.stringify(prompt, null, 2)} label={t("prompt.copy")} />
          <Button look="quiet" small icon="trash" onClick={() => setDeleting(true)}>
            {t("prompt.delete")}
          </Button>
        </div>
      </div>
      <Conversation prompt={prompt} />
      <p className="hint">{t("prompt.until", { day: day(prompt.expires_at) })}</p>
      {deleting && (
        <Confirm
          title={t("prompt.delete.title")}
          action={t("prompt.delete")}
          onConfirm={remove}
          onClose={() => setDeleting(false)}
        >
          {t("prompt.delete.text")}
        </Confirm>
      )}
    </section>
  );
}
