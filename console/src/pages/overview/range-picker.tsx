import { useSearchParams } from "wouter";
import { t } from "../../i18n/t.ts";
import { Segments } from "../../ui/tabs.tsx";
import { RANGES, type Range, timesOf } from "./range.ts";

const USUAL = RANGES[1] as Range;

/** The span of time that the page's address names. */
export function useRange(): Range {
  const [search] = useSearchParams();
  return RANGES.find(({ id }) => id === search.get("range")) ?? USUAL;
}

/** Puts another span into the page's address. */
export function RangePicker({ range }: { range: Range }) {
  const [, setSearch] = useSearchParams();
  return (
    <Segments
      label={t("overview.range")}
      options={RANGES.map(({ id }) => [id, t(`range.${id}`)])}
      chosen={range.id}
      onChoose={(id) => setSearch({ range: id }, { replace: true })}
    />
  );
}

/** The begins of a span's buckets, and where its requests are listed. */
export function spanOf(range: Range, requests: string) {
  const times = timesOf(range, Date.now());
  const begin = new Date(times[0] ?? 0).toISOString();
  return { times, since: `${requests}?from=${encodeURIComponent(begin)}` };
}
