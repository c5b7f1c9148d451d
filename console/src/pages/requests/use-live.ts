import { useEffect, useState } from "react";
import { apiUrl } from "../../base/api.ts";
import type { RequestRow } from "../../base/contract.ts";
import type { Filter } from "./filters.ts";

const KEPT = 200;

/** Requests as they end, newest first, as long as `on`; the browser connects anew by itself. */
export function useLive(path: string, filter: Filter, on: boolean) {
  const [rows, setRows] = useState<readonly RequestRow[]>([]);
  const [connected, setConnected] = useState(false);
  const { from: _from, to: _to, ...lasting } = filter;
  const url = apiUrl(`${path}/live`, lasting);
  useEffect(() => {
    setRows([]);
    if (!on) return;
    const source = new EventSource(url);
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    source.addEventListener("request", ({ data: text }: MessageEvent<string>) => {
      const row = JSON.parse(text) as RequestRow;
      setRows((before) => [row, ...before.filter(({ id }) => id !== row.id)].slice(0, KEPT));
    });
    return () => {
      source.close();
      setConnected(false);
    };
  }, [url, on]);
  return { rows, connected };
}
