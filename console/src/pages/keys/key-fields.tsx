import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { KeyPlan } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Check, Choice, Field } from "../../ui/field.tsx";
import type { Sending } from "../../ui/form.tsx";
import { type KeyDraft, LIMIT_NAMES, SPEND_NAMES } from "./draft.ts";

interface KeyFieldsProps {
  draft: KeyDraft;
  onDraft: (draft: KeyDraft) => void;
  sending: Sending;
  /** A key keeps the plan it was born with. */
  born?: boolean;
}

export const KEY_FIELDS: readonly string[] = [
  ...["name", "project", "plan", "models", "networks", "expires_at"],
  ...[...LIMIT_NAMES, ...SPEND_NAMES].map((name) => `limits.${name}`),
];

const DAYS = ["1", "7", "30", "90", "365"] as const;

function PlanChoice({ draft, onDraft }: Pick<KeyFieldsProps, "draft" | "onDraft">) {
  const here = useHere();
  const { data } = useQuery({
    queryKey: [`${here.api}/plans`],
    queryFn: () => api.get<Listed<KeyPlan>>(`${here.api}/plans`, { limit: 200 }),
  });
  const plans = data?.items ?? [];
  if (plans.length < 2) return null;
  return (
    <Choice
      label={t("keys.plan")}
      value={draft.plan || (plans.find(({ is_default }) => is_default)?.id ?? "")}
      onChoose={(plan) => onDraft({ ...draft, plan })}
      options={plans.map(({ id, display_name, key_prefix }) => [id, `${display_name} (${key_prefix}…)`])}
    />
  );
}

function Expiry({ draft, onDraft, sending, born }: KeyFieldsProps) {
  if (born || draft.expires.includes("-")) {
    return (
      <Field
        label={t("keys.expires")}
        type="date"
        value={draft.expires}
        hint={t("keys.expires.hint")}
        onChange={({ target }) => onDraft({ ...draft, expires: target.value })}
        error={sending.errorOf("expires_at")}
      />
    );
  }
  return (
    <Choice
      label={t("keys.expires")}
      value={draft.expires}
      onChoose={(expires) => onDraft({ ...draft, expires })}
      options={[
        ["", t("keys.expires.never")],
        ...DAYS.map((days) => [days, t("keys.expires.in", { count: days })] as const),
      ]}
      error={sending.errorOf("expires_at")}
    />
  );
}

/** Everything that a key can be given; used when it is made and when it is changed. */
export function KeyFields(props: KeyFieldsProps) {
  const { draft, onDraft, sending, born } = props;
  const text = (name: "name" | "project" | "models" | "networks") => ({
    label: t(`keys.${name}`),
    hint: t(`keys.${name}.hint`),
    value: draft[name],
    error: sending.errorOf(name),
    onChange: ({ target }: { target: { value: string } }) => onDraft({ ...draft, [name]: target.value }),
  });
  return (
    <>
      <Field {...text("name")} autoFocus maxLength={100} placeholder={t("keys.name.example")} />
      <div className="two">
        {!born && <PlanChoice draft={draft} onDraft={onDraft} />}
        <Field {...text("project")} />
        <Expiry {...props} />
      </div>
      <details className="more">
        <summary>{t("keys.limits")}</summary>
        <div className="stack">
          <p className="hint">{t("keys.limits.hint")}</p>
          <div className="two">
            {[...LIMIT_NAMES, ...SPEND_NAMES].map((name) => (
              <Field
                key={name}
                label={t(`keys.limit.${name}`)}
                unit={t(`keys.limit.${name}.unit`)}
                inputMode="decimal"
                value={draft.limits[name]}
                error={sending.errorOf(`limits.${name}`)}
                onChange={({ target }) =>
                  onDraft({ ...draft, limits: { ...draft.limits, [name]: target.value } })
                }
              />
            ))}
          </div>
          <Field {...text("models")} placeholder="gpt-5-mini, claude-haiku-4-5" />
          <Field {...text("networks")} placeholder="203.0.113.7, 10.0.0.0/8" />
        </div>
      </details>
      <Check
        label={t("keys.keep-prompts")}
        hint={t("keys.keep-prompts.hint")}
        checked={draft.keepPrompts}
        onCheck={(keepPrompts) => onDraft({ ...draft, keepPrompts })}
      />
    </>
  );
}
