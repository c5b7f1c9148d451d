import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../base/api.ts";
import type { PromptRule, PromptRuleInForce } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Check, Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";

function RuleForm({ rule, path }: { rule: PromptRuleInForce; path: string }) {
  const { operator, ...said } = rule;
  const [draft, setDraft] = useState<PromptRule>(said);
  const sending = useSending();
  async function save() {
    queryClient.setQueryData([path], await api.put<PromptRuleInForce>(path, draft));
    toast(t("prompts.saved"));
  }
  return (
    <Form sending={sending} fields={["days"]} submit={t("save")} onSubmit={save}>
      <Check
        label={t("prompts.allowed")}
        hint={t("prompts.allowed.hint")}
        checked={!draft.forbidden}
        onCheck={(allowed) => setDraft({ ...draft, forbidden: !allowed })}
      />
      <div className="narrow">
        <Field
          label={t("prompts.days")}
          unit={t("prompts.days.unit")}
          inputMode="numeric"
          hint={t("prompts.days.hint", { most: operator.days })}
          placeholder={String(operator.days)}
          value={draft.days ?? ""}
          error={sending.errorOf("days")}
          onChange={({ target }) =>
            setDraft({ ...draft, days: target.value.trim() === "" ? null : Number(target.value) })
          }
        />
      </div>
      <Check
        label={t("prompts.operators")}
        hint={t("prompts.operators.hint")}
        checked={draft.operators}
        onCheck={(operators) => setDraft({ ...draft, operators })}
      />
    </Form>
  );
}

/** Whether what keys ask to keep of their requests is kept, how long, and who reads it. */
export function PromptsCard() {
  const here = useHere();
  const path = `${here.api}/prompt-rule`;
  const [deleting, setDeleting] = useState(false);
  const query = useQuery({ queryKey: [path], queryFn: () => api.get<PromptRuleInForce>(path) });
  async function removeAll() {
    const { deleted } = await api.delete<{ deleted: number }>(`${here.api}/prompts`);
    await queryClient.invalidateQueries({ queryKey: ["prompt", here.name] });
    toast(t("prompts.deleted", { count: deleted }));
  }
  return (
    <Card
      title={t("prompts.title")}
      lead={t("prompts.lead")}
      actions={
        <Button small icon="trash" onClick={() => setDeleting(true)}>
          {t("prompts.delete-all")}
        </Button>
      }
    >
      <Loaded query={query} lines={3}>
        {(rule) =>
          rule.operator.keep ? (
            <RuleForm rule={rule} path={path} />
          ) : (
            <p className="muted">{t("prompts.operator-forbids")}</p>
          )
        }
      </Loaded>
      {deleting && (
        <Confirm
          title={t("prompts.delete-all.title")}
          action={t("prompts.delete-all")}
          onConfirm={removeAll}
          onClose={() => setDeleting(false)}
        >
          {t("prompts.delete-all.text")}
        </Confirm>
      )}
    </Card>
  );
}
