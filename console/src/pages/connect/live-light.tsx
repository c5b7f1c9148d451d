import { useEffect, useState } from "react";
import { Link } from "wouter";
import { apiUrl } from "../../base/api.ts";
import type { RequestRow } from "../../base/contract.ts";
import { duration, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";

/** The last request that came in since the page was opened. */
function useNextRequest(): RequestRow | undefined {
  const here = useHere();
  const [last, setLast] = useState<RequestRow>();
  const url = apiUrl(`${here.api}/requests/live`);
  useEffect(() => {
    const source = new EventSource(url);
    source.addEventListener("request", ({ data: text }: MessageEvent<string>) =>
      setLast(JSON.parse(text) as RequestRow),
    );
    return () => source.close();
  }, [url]);
  return last;
}

/** Waits for a request of this organisation, and says how it went. */
export function LiveLight() {
  const here = useHere();
  const last = useNextRequest();
  if (!last) {
    return (
      <div className="light" role="status">
        <span className="bulb pulse" />
        <div>
          <strong>{t("connect.waiting")}</strong>
          <p className="hint">{t("connect.waiting.hint")}</p>
        </div>
      </div>
    );
  }
  const good = last.outcome === "finished";
  return (
    <div className={good ? "light good" : "light bad"} role="status">
      <span className="bulb" />
      <div>
        <strong>{t(good ? "connect.arrived" : "connect.failed", { model: last.model })}</strong>
        <p className="hint">
          {good
            ? t("connect.arrived.hint", {
                took: duration(last.last_byte_ms),
                charge: money(last.charge_nanos),
                client: last.client || "–",
              })
            : (last.error ?? String(last.status))}{" "}
          <Link href={`${here.home}/requests/${last.id}`}>{t("connect.see")}</Link>
        </p>
      </div>
    </div>
  );
}
