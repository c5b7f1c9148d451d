import { type ReactNode, useId } from "react";
import { t } from "../../../i18n/t.ts";
import { Button, IconButton } from "../../../ui/button.tsx";
import { listAt, type Path } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftText, More } from "./draft-fields.tsx";

const COMMON = ["input", "output", "cache_read", "cache_write"] as const;
const RARE = [
  "cache_write_1h",
  "reasoning",
  "audio_input",
  "audio_output",
  "image",
  "characters",
  "request",
  "search",
  "minute",
] as const;
/** Not of tokens or characters: a tier has no other amount of them. */
const SINGLE = ["request", "search", "minute"];

type Kind = (typeof COMMON)[number] | (typeof RARE)[number];

/** An amount of money for each kind of usage. */
function Amounts({ at, kinds }: { at: Path; kinds: readonly Kind[] }) {
  return (
    <div className="two">
      {kinds.map((kind) => (
        <DraftText
          key={kind}
          path={[...at, kind]}
          label={t(`declare.price.${kind}`)}
          unit={t(SINGLE.includes(kind) ? "declare.price.each" : "declare.price.million")}
        />
      ))}
    </div>
  );
}

interface ListProps {
  at: Path;
  title: string;
  add: string;
  start: object;
  children: (path: Path) => ReactNode;
}

/** Entries that are added and taken away one by one. */
export function DraftList({ at, title, add, start, children }: ListProps) {
  const { draft, set } = useDraft();
  const id = useId();
  const entries = listAt(draft, at);
  return (
    <fieldset className="stack" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {entries.map((_, index) => {
        const path = [...at, index];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no name, and their fields no state of their own
          <div key={index} className="entry">
            <div className="stack">{children(path)}</div>
            <IconButton
              icon="trash"
              label={t("declare.take-away", { number: index + 1 })}
              onClick={() => set(path, undefined)}
            />
          </div>
        );
      })}
      <div>
        <Button small icon="plus" onClick={() => set(at, [...entries, start])}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}

const PER_MILLION = [...COMMON, ...RARE].filter((kind) => !SINGLE.includes(kind));

function Tiers({ at }: { at: Path }) {
  return (
    <DraftList
      at={[...at, "tiers"]}
      title={t("declare.price.tiers")}
      add={t("declare.price.tier.add")}
      start={{}}
    >
      {(path) => (
        <>
          <DraftText
            number
            path={[...path, "above_input_tokens"]}
            label={t("declare.price.above")}
            unit={t("declare.tokens")}
          />
          <Amounts at={path} kinds={PER_MILLION} />
        </>
      )}
    </DraftList>
  );
}

/** A price, or what an upstream costs: the fields are the same. */
export function PriceFields({ at }: { at: Path }) {
  const { complaintOf } = useDraft();
  const whole = complaintOf(at);
  return (
    <div className="stack">
      <Amounts at={at} kinds={COMMON} />
      {whole && (
        <p className="complaint" role="alert">
          {whole}
        </p>
      )}
      <More
        label={t("declare.price.more")}
        paths={[...RARE.map((kind) => [...at, kind]), [...at, "tiers"], [...at, "periods"]]}
      >
        <Amounts at={at} kinds={RARE} />
        <Tiers at={at} />
        <DraftList
          at={[...at, "periods"]}
          title={t("declare.price.periods")}
          add={t("declare.price.period.add")}
          start={{}}
        >
          {(path) => (
            <>
              <div className="two">
                <DraftText
                  path={[...path, "from"]}
                  label={t("declare.price.from")}
                  placeholder="2026-12-01"
                />
                <DraftText
                  path={[...path, "until"]}
                  label={t("declare.price.until")}
                  placeholder="2027-01-01"
                />
              </div>
              <Amounts at={path} kinds={[...COMMON, ...RARE]} />
              <Tiers at={path} />
            </>
          )}
        </DraftList>
      </More>
    </div>
  );
}
