import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { api } from "../../../base/api.ts";
import type { Declaration } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Form, useSending } from "../../../ui/form.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.tsx";
import { changesOf, type Draft, nameOf, type Path, put } from "./draft.ts";
import { DraftContext } from "./draft-context.ts";

export type Kind = "upstream" | "model" | "plan" | "setting";

export const pathOf = (kind: Kind, id: string): string => `/operator/${kind}s/${encodeURIComponent(id)}`;

/** What is declared is shown on many pages. */
export const declaredAnew = (): Promise<void> => queryClient.invalidateQueries();

/** Goes to the field that the API complains of, which may be below the window's edge. */
function useWrongField(field: string | undefined) {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (field === undefined) return;
    const wrong = form.current?.querySelector<HTMLElement>(".complaint")?.closest(".field");
    wrong?.querySelector<HTMLElement>("input, select, textarea")?.focus();
  }, [field]);
  return form;
}

interface FormProps {
  declaration: Declaration | undefined;
  /** What something new begins with. */
  start: Draft;
  /** Gets what is sent, and the whole draft. */
  save: (sent: Draft, draft: Draft) => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** A form over a draft: what is declared when it is sent is in force everywhere. */
export function DeclareForm({ declaration, start, save, onClose, children }: FormProps) {
  const declared = declaration?.declared;
  const [draft, setDraft] = useState<Draft>(declared?.content ?? declaration?.content ?? start);
  const sending = useSending();
  const form = useWrongField(sending.field);
  const sent = () =>
    declared ? { ...changesOf(declared.content, draft), id: declared.id } : changesOf({}, draft);
  async function submit() {
    await save(sent(), draft);
    await declaredAnew();
    toast(t("declare.saved"));
    onClose();
  }
  const complaintOf = (path: Path) => {
    const name = nameOf(path);
    const { field } = sending;
    const inside = field === name || field?.startsWith(`${name}.`) || field?.startsWith(`${name}[`);
    return inside && field ? sending.errorOf(field) : undefined;
  };
  const set = (path: Path, value: unknown) => setDraft((before) => put(before, path, value));
  return (
    <DraftContext value={{ draft, set, replace: setDraft, complaintOf, declaration, sent }}>
      <div ref={form}>
        <Form sending={sending} fields={[]} submit={t("declare.save")} onSubmit={submit} onCancel={onClose}>
          {children}
        </Form>
      </div>
    </DraftContext>
  );
}

interface DeclareDialogProps {
  kind: Exclude<Kind, "setting">;
  /** What is changed; undefined: something new is declared. */
  id: string | undefined;
  titles: { readonly make: string; readonly change: string };
  start?: Draft;
  onClose: () => void;
  children: ReactNode;
}

/** A form that declares something, or declares it otherwise. */
export function DeclareDialog({ kind, id, titles, start = {}, onClose, children }: DeclareDialogProps) {
  const declaration = useQuery({
    queryKey: ["/operator/declared", kind, id],
    queryFn: () => api.get<Declaration>(`/operator/declared/${kind}/${encodeURIComponent(id ?? "")}`),
    enabled: id !== undefined,
    // The form holds what it began with.
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
  const make = (sent: Draft) => api.post(`/operator/${kind}s`, sent);
  const change = (sent: Draft) => api.patch(pathOf(kind, id ?? ""), sent);
  const shared = { start, onClose, children };
  return (
    <Dialog kind="wide" title={id === undefined ? titles.make : titles.change} onClose={onClose}>
      {id === undefined ? (
        <DeclareForm {...shared} declaration={undefined} save={make} />
      ) : (
        <Loaded query={declaration} lines={8}>
          {(found) => (
            <DeclareForm
              key={found.declared?.updated_at}
              {...shared}
              declaration={found}
              save={found.declared ? change : make}
            />
          )}
        </Loaded>
      )}
    </Dialog>
  );
}
