import { processMetrics } from "./process-metrics.ts";
import { requestMetrics } from "./request-metrics.ts";
import { METRICS_MEDIA, newSheet } from "./sheet.ts";
import type { MetricSources } from "./sources.ts";
import { stateMetrics } from "./state-metrics.ts";

/** Everything that Quoin tells Prometheus, at this moment. @throws what the database throws */
export async function metricsAnswer(sources: MetricSources): Promise<Response> {
  const sheet = newSheet();
  const { version } = sources;
  sheet.gauge({ name: "quoin_build_info", help: "Always 1; the version is a label.", by: ["version"] }, [
    [{ version }, 1],
  ]);
  requestMetrics(sheet, sources);
  await stateMetrics(sheet, sources);
  await processMetrics(sheet);
  return new Response(await sheet.text(), { headers: { "content-type": METRICS_MEDIA } });
}
