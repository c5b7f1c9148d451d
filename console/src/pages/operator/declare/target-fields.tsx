import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api } from "../../../base/api.ts";
import type { Upstream } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { Button, ButtonLink } from "../../../ui/button.tsx";
import { at, type Path } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftChoice, DraftText, More } from "./draft-fields.tsx";
import { filledFrom, useKnownModels } from "./known-models.ts";
import { DraftList, PriceFields } from "./price-fields.tsx";

function useUpstreams(): readonly Upstream[] {
  const { data } = useQuery({
    queryKey: ["/operator/upstreams", "choice"],
    queryFn: () => api.get<Listed<Upstream>>("/operator/upstreams", { limit: 200 }),
  });
  return data?.items ?? [];
}

/** What is publicly known of the target's model: its facts and list price, as a start. */
function Known({ path }: { path: Path }) {
  const { draft, set, replace } = useDraft();
  const [upstream, model] = [String(at(draft, [...path, "upstream"]) ?? ""), at(draft, [...path, "model"])];
  const name = String(model ?? at(draft, ["id"]) ?? "");
  const known = useKnownModels(upstream, name).find(({ id }) => id === name);
  if (!known) return null;
  return (
    <div className="row">
      <span className="hint">
        {t("declare.known-model", { name: known.display_name, vendor: known.vendor })}
      </span>
      <Button small onClick={() => replace(filledFrom(draft, known))}>
        {t("declare.known-model.use")}
      </Button>
      <Button small onClick={() => set([...path, "cost"], known.price)}>
        {t("declare.known-model.cost")}
      </Button>
    </div>
  );
}

function Target({ path }: { path: Path }) {
  const { draft } = useDraft();
  const list = useId();
  const upstreams = useUpstreams();
  const upstream = String(at(draft, [...path, "upstream"]) ?? "");
  const known = useKnownModels(upstream, String(at(draft, [...path, "model"]) ?? ""));
  return (
    <>
      <div className="two">
        <DraftChoice
          path={[...path, "upstream"]}
          label={t("operator.upstream")}
          none={t("declare.choose")}
          options={upstreams.map(({ id, provider }) => [id, `${id} (${provider})`])}
        />
        <DraftText
          path={[...path, "model"]}
          label={t("declare.target.model")}
          hint={t("declare.target.model.hint")}
          list={list}
        />
        <datalist id={list}>
          {known.map(({ id, display_name }) => (
            <option key={id} value={id}>
              {display_name}
            </option>
          ))}
        </datalist>
      </div>
      <Known path={path} />
      <div className="two">
        <DraftText
          number
          path={[...path, "order"]}
          label={t("declare.target.order")}
          hint={t("declare.target.order.hint")}
          placeholder="1"
        />
        <DraftText
          number
          path={[...path, "weight"]}
          label={t("declare.target.weight")}
          hint={t("declare.target.weight.hint")}
          placeholder="1"
        />
      </div>
      <More label={t("declare.target.cost")} paths={[[...path, "cost"]]}>
        <p className="hint">{t("declare.target.cost.hint")}</p>
        <PriceFields at={[...path, "cost"]} />
      </More>
    </>
  );
}

/** Upstreams that serve the model. */
export function TargetFields() {
  const { complaintOf } = useDraft();
  const upstreams = useUpstreams();
  const whole = complaintOf(["targets"]);
  return (
    <>
      <DraftList
        at={["targets"]}
        title={t("operator.model.targets")}
        add={t("declare.target.add")}
        start={{ upstream: upstreams[0]?.id ?? "" }}
      >
        {(path) => <Target path={path} />}
      </DraftList>
      {upstreams.length === 0 && (
        <div className="row">
          <span className="hint">{t("declare.target.no-upstream")}</span>
          <ButtonLink small to="/operator/upstreams?new">
            {t("declare.upstream.new")}
          </ButtonLink>
        </div>
      )}
      {whole && (
        <p className="complaint" role="alert">
          {whole}
        </p>
      )}
    </>
  );
}
