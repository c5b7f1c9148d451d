import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Catalogue } from "./catalogue.tsx";
import { modelColumns } from "./model-columns.tsx";
import { ModelDetail } from "./model-detail.tsx";
import { useModels } from "./use-models.ts";

/** Everything that keys of this organisation can ask. */
export function ModelsPage() {
  const models = useModels();
  return (
    <Page title={t("nav.models")} lead={t("models.lead")}>
      <Loaded query={models} lines={10}>
        {(all) => (
          <Catalogue
            models={all}
            columns={modelColumns}
            detail={(model) => <ModelDetail model={model} />}
            unit={t("models.unit")}
          />
        )}
      </Loaded>
    </Page>
  );
}
