import { t } from "../../../i18n/t.ts";
import { LIMIT_NAMES } from "../../keys/draft.ts";
import type { Path } from "./draft.ts";
import { DraftText } from "./draft-fields.tsx";

const SPENDS = ["spend_per_day", "spend_per_month"] as const;

/** How much may be asked for, and spent; empty: no limit. */
export function LimitFields({ at }: { at: Path }) {
  return (
    <div className="two">
      {LIMIT_NAMES.map((name) => (
        <DraftText
          key={name}
          number
          path={[...at, name]}
          label={t(`keys.limit.${name}`)}
          unit={t(`keys.limit.${name}.unit`)}
        />
      ))}
      {SPENDS.map((name) => (
        <DraftText
          key={name}
          path={[...at, name]}
          label={t(`keys.limit.${name}_nanos`)}
          unit={t(`keys.limit.${name}_nanos.unit`)}
        />
      ))}
    </div>
  );
}
