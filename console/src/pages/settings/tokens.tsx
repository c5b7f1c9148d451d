import { useState } from "react";
import { ACCOUNT_PERMISSIONS } from "../../../../src/accounts/permissions.ts";
import { api } from "../../base/api.ts";
import type { MadeToken, Token } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { ago, day } from "../../base/time.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Choice, Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Badge, Card } from "../../ui/page.tsx";
import { Failed, Skeleton } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { toast } from "../../ui/toast.tsx";

const DAYS = ["30", "90", "365"] as const;
const DAY_MS = 86_400_000;

function NewToken({ path, onClose }: { path: string; onClose: () => void }) {
  const { may } = useHere();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly string[]>(["keys:read", "usage:read", "requests:read"]);
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<MadeToken>();
  const sending = useSending();
  async function make() {
    const ends = days && { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
    setMade(await api.post<MadeToken>(path, { name, scopes, ...ends }));
    await queryClient.invalidateQueries({ queryKey: [path] });
  }
  if (made) {
    return (
      <Dialog title={t("tokens.made")} onClose={onClose}>
        <p className="notice warn">{t("tokens.once")}</p>
        <CopyLine label={t("tokens.token")} text={made.token} />
        <div className="actions">
          <Button look="primary" onClick={onClose}>
            {t("dialog.done")}
          </Button>
        </div>
      </Dialog>
    );
  }
  const toggle = (scope: string, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <Dialog title={t("tokens.new")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["name"]}
        submit={t("tokens.create")}
        onSubmit={make}
        onCancel={onClose}
      >
        <Field
          label={t("keys.name")}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={sending.errorOf("name")}
          autoFocus
        />
        <Choice
          label={t("keys.expires")}
          value={days}
          onChoose={setDays}
          options={[
            ...DAYS.map((one) => [one, t("keys.expires.in", { count: one })] as const),
            ["", t("keys.expires.never")],
          ]}
        />
        <fieldset>
          <legend className="group-label">{t("tokens.scopes")}</legend>
          <div className="two">
            {ACCOUNT_PERMISSIONS.filter(may).map((scope) => (
              <Check
                key={scope}
                label={<code>{scope}</code>}
                checked={scopes.includes(scope)}
                onCheck={(on) => toggle(scope, on)}
              />
            ))}
          </div>
        </fieldset>
      </Form>
    </Dialog>
  );
}

function columnsOf(onRevoke: ((token: Token) => void) | undefined): Column<Token>[] {
  return [
    {
      head: t("keys.name"),
      lead: true,
      cell: ({ name, hint }) => (
        <span className="lead-cell">
          <span className="strong">{name || t("keys.unnamed")}</span>
          <small className="mono">{hint}</small>
        </span>
      ),
    },
    {
      head: t("tokens.scopes"),
      cell: ({ scopes }) => (
        <span className="badges">
          {scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </span>
      ),
    },
    {
      head: t("keys.last-used"),
      cell: ({ last_used_at: at }) => (at ? ago(at) : <span className="muted">{t("keys.never")}</span>),
    },
    {
      head: t("keys.expires"),
      cell: ({ expires_at: at }) => (at ? day(at) : t("keys.expires.never")),
    },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: (token) =>
        onRevoke && (
          <Button small look="quiet" onClick={() => onRevoke(token)}>
            {t("keys.revoke")}
          </Button>
        ),
    },
  ];
}

/** Tokens by which scripts use the management API for this organisation. */
export function TokensCard() {
  const here = useHere();
  const path = `${here.api}/tokens`;
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const { rows, error, retry, more } = useList<Token>(path);
  const alive = rows?.filter(({ state }) => state === "active");
  const may = here.may("tokens:write");
  async function revoke() {
    if (revoking) await api.delete(`${path}/${revoking.id}`);
    await queryClient.invalidateQueries({ queryKey: [path] });
    toast(t("tokens.revoked"));
  }
  return (
    <Card
      flush
      title={t("tokens.title")}
      lead={t("tokens.lead")}
      actions={
        may && (
          <Button small icon="plus" onClick={() => setMaking(true)}>
            {t("tokens.new")}
          </Button>
        )
      }
    >
      {error && <Failed error={error} onRetry={retry} />}
      {!rows && !error && <Skeleton lines={3} />}
      {alive?.length === 0 && <p className="card-empty">{t("tokens.none")}</p>}
      {alive && alive.length > 0 && (
        <Table
          label={t("tokens.title")}
          columns={columnsOf(may ? setRevoking : undefined)}
          rows={alive}
          rowKey={({ id }) => id}
          more={more}
        />
      )}
      {making && <NewToken path={path} onClose={() => setMaking(false)} />}
      {revoking && (
        <Confirm
          title={t("tokens.revoke")}
          action={t("keys.revoke")}
          onConfirm={revoke}
          onClose={() => setRevoking(undefined)}
        >
          <p>{t("tokens.revoke.text", { name: revoking.name || revoking.hint })}</p>
        </Confirm>
      )}
    </Card>
  );
}
