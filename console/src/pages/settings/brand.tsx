import { useQuery } from "@tanstack/react-query";
import { type ChangeEvent, useId, useState } from "react";
import { api } from "../../base/api.ts";
import type { AccountBrand, NewBrand, OwnBrand } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Badge, Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";

const LOGO_BYTES_MAX = 128 * 1024;

type Keys = AccountBrand["keys"];
type Join = AccountBrand["join"];
const KEYS: readonly Keys[] = ["own", "any"];
const JOINS: readonly Join[] = ["invitation", "viewer", "developer"];

interface Draft {
  readonly host: string;
  readonly name: string;
  readonly primary: string;
  readonly logo: string | null;
  readonly keys: Keys;
  readonly join: Join;
}

const draftOf = (brand: AccountBrand | null): Draft => ({
  host: brand?.host ?? "",
  name: brand?.name ?? "",
  primary: brand?.colors.primary ?? "",
  logo: brand?.logo ?? null,
  keys: brand?.keys ?? "own",
  join: brand?.join ?? "invitation",
});

const wishOf = ({ host, name, primary, ...rest }: Draft, brand: AccountBrand | null): NewBrand => ({
  ...rest,
  host: host.trim().toLowerCase(),
  name: name.trim() || null,
  // Colours that another program set stay.
  colors: { ...brand?.colors, primary: primary.trim() || undefined },
});

function readUrl(file: File): Promise<string> {
  const reader = new FileReader();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  reader.onload = () => resolve(String(reader.result));
  reader.onerror = () => reject(reader.error ?? new Error(file.name));
  reader.readAsDataURL(file);
  return promise;
}

interface LogoProps {
  logo: string | null;
  error: string | undefined;
  onLogo: (logo: string | null) => void;
}

function LogoField({ logo, error, onLogo }: LogoProps) {
  const id = useId();
  async function choose({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? [];
    target.value = "";
    if (!file) return;
    if (file.size > LOGO_BYTES_MAX) return toast(t("brand.logo.large"), "bad");
    onLogo(await readUrl(file));
  }
  return (
    <div className={error ? "field wrong" : "field"}>
      <label htmlFor={id}>{t("brand.logo")}</label>
      <div className="row">
        {logo && <img className="logo-preview" src={logo} alt={t("brand.logo.now")} />}
        <input
          id={id}
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif,image/svg+xml"
          onChange={(event) => void choose(event)}
        />
        {logo && (
          <Button small look="quiet" icon="trash" onClick={() => onLogo(null)}>
            {t("brand.logo.remove")}
          </Button>
        )}
      </div>
      <p className="hint">{t("brand.logo.hint")}</p>
      {error && (
        <p className="complaint" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function BrandForm({ brand, path }: { brand: AccountBrand | null; path: string }) {
  const [draft, setDraft] = useState(draftOf(brand));
  const sending = useSending();
  const text = (name: "host" | "name" | "primary", field: string = name) => ({
    label: t(`brand.${name}`),
    hint: t(`brand.${name}.hint`),
    value: draft[name],
    error: sending.errorOf(field),
    onChange: ({ target }: { target: { value: string } }) => setDraft({ ...draft, [name]: target.value }),
  });
  async function save() {
    queryClient.setQueryData([path], await api.put<OwnBrand>(path, wishOf(draft, brand)));
    toast(t("brand.saved"));
  }
  return (
    <Form
      sending={sending}
      fields={["host", "name", "colors.primary", "logo"]}
      submit={t("save")}
      onSubmit={save}
    >
      <div className="two">
        <Field {...text("host")} placeholder="ai.example.com" />
        <Field {...text("name")} />
        <Field {...text("primary", "colors.primary")} placeholder="#0c6b5f" />
      </div>
      <LogoField
        logo={draft.logo}
        error={sending.errorOf("logo")}
        onLogo={(logo) => setDraft({ ...draft, logo })}
      />
      <div className="two">
        <Choice
          label={t("brand.keys")}
          value={draft.keys}
          onChoose={(chosen) => setDraft({ ...draft, keys: KEYS.find((one) => one === chosen) ?? "own" })}
          options={KEYS.map((one) => [one, t(`brand.keys.${one}`)])}
        />
        <Choice
          label={t("brand.join")}
          hint={draft.join === "invitation" ? undefined : t("brand.join.hint")}
          value={draft.join}
          onChoose={(chosen) =>
            setDraft({ ...draft, join: JOINS.find((one) => one === chosen) ?? "invitation" })
          }
          options={JOINS.map((one) => [one, t(`brand.join.${one}`)])}
        />
      </div>
    </Form>
  );
}

/** What proves the domain, until it is proven or approved. */
function Proof({ brand, path }: { brand: AccountBrand; path: string }) {
  const sending = useSending();
  const { record, file, value } = brand.proof;
  async function prove() {
    queryClient.setQueryData([path], await api.post<OwnBrand>(`${path}/prove`));
    toast(t("brand.proven"));
  }
  return (
    <div className="stack">
      <p>{t("brand.proof")}</p>
      <CopyLine label={t("brand.proof.record")} text={record} />
      <CopyLine label={t("brand.proof.value")} text={value} />
      <p className="hint">{t("brand.proof.file", { file })}</p>
      <Form sending={sending} fields={[]} submit={t("brand.prove")} onSubmit={prove}>
        {null}
      </Form>
    </div>
  );
}

/** The organisation's own domain, and what it wears there. */
export function BrandCard() {
  const here = useHere();
  const path = `${here.api}/brand`;
  const [leaving, setLeaving] = useState(false);
  const query = useQuery({ queryKey: [path], queryFn: () => api.get<OwnBrand>(path) });
  const brand = query.data?.brand;
  async function leave() {
    await api.delete(path);
    await queryClient.invalidateQueries({ queryKey: [path] });
  }
  return (
    <Card
      title={t("brand.title")}
      lead={t("brand.lead")}
      actions={
        brand && (
          <Button small icon="trash" onClick={() => setLeaving(true)}>
            {t("brand.leave")}
          </Button>
        )
      }
    >
      <Loaded query={query} lines={5}>
        {({ brand: own, declared }) => (
          <div className="stack">
            {declared.length > 0 && (
              <p className="hint">{t("brand.declared", { hosts: declared.join(", ") })}</p>
            )}
            {own && (
              <div className="row">
                <Badge mood={own.state === "in_force" ? "good" : "warn"}>
                  {t(`brand.state.${own.state}`)}
                </Badge>
                <a href={`https://${own.host}/console`} target="_blank" rel="noreferrer">
                  {own.host}
                </a>
              </div>
            )}
            {own?.state === "pending" && <Proof brand={own} path={path} />}
            <BrandForm key={own?.updated_at} brand={own} path={path} />
          </div>
        )}
      </Loaded>
      {leaving && (
        <Confirm
          title={t("brand.leave.title")}
          action={t("brand.leave")}
          onConfirm={leave}
          onClose={() => setLeaving(false)}
        >
          {t("brand.leave.text")}
        </Confirm>
      )}
    </Card>
  );
}
