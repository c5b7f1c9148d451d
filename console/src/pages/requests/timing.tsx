import type { RequestRow } from "../../base/contract.ts";
import { duration } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";

interface Span {
  readonly key: string;
  readonly label: string;
  readonly start: number;
  readonly took: number;
  readonly kind: "wait" | "served" | "failed" | "answer";
  readonly note?: string;
}

/** What happened when, from the request's arrival to its last byte. */
function spansOf({ queue_ms, attempts, first_byte_ms, last_byte_ms }: RequestRow): Span[] {
  const spans: Span[] = [];
  if (queue_ms >= 1) {
    spans.push({ key: "queue", label: t("request.queue"), start: 0, took: queue_ms, kind: "wait" });
  }
  for (const [index, attempt] of attempts.entries()) {
    const { upstream, model, outcome, status, reason } = attempt;
    spans.push({
      key: `attempt ${index}`,
      label: `${upstream} · ${model}`,
      start: attempt.start_ms,
      took: attempt.took_ms,
      kind: outcome === "served" ? "served" : "failed",
      ...(outcome !== "served" && { note: [status || "", reason ?? ""].filter(Boolean).join(" · ") }),
    });
  }
  if (last_byte_ms > first_byte_ms && attempts.length > 0) {
    const took = last_byte_ms - first_byte_ms;
    spans.push({ key: "answer", label: t("request.answer"), start: first_byte_ms, took, kind: "answer" });
  }
  return spans;
}

/** Attempts and the answer drawn along one line of time. */
export function Timing({ request }: { request: RequestRow }) {
  const spans = spansOf(request);
  const whole = Math.max(request.last_byte_ms, ...spans.map(({ start, took }) => start + took), 1);
  const share = (ms: number) => `${(100 * ms) / whole}%`;
  return (
    <ol className="timing">
      {spans.map(({ key, label, start, took, kind, note }) => (
        <li key={key}>
          <span className="timing-name">
            {label}
            {note && <small>{note}</small>}
          </span>
          <span className="timing-line">
            <span className={`timing-bar ${kind}`} style={{ left: share(start), width: share(took) }} />
          </span>
          <span className="timing-took">{duration(took)}</span>
        </li>
      ))}
      <li className="timing-scale">
        <span>{t("request.first-byte")}</span>
        <span>{duration(request.first_byte_ms)}</span>
        <span>{t("request.last-byte")}</span>
        <span>{duration(request.last_byte_ms)}</span>
      </li>
    </ol>
  );
}
