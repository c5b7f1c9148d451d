import { everyModel } from "../every-model.ts";
import type { Sample, Sheet } from "./sheet.ts";
import type { MetricSources, ServingNow, WaitingNow } from "./sources.ts";

/** Of each upstream that is declared, how many targets it has and how many of them stand back. */
function upstreamsNow(sheet: Sheet, { snapshot, isCooling }: MetricSources): void {
  const now = snapshot();
  const counts = new Map([...now.upstreams.keys()].map((id) => [id, { targets: 0, cooling: 0 }]));
  for (const { targets } of everyModel(now))
    for (const target of targets) {
      const count = counts.get(target.upstream.id);
      if (!count) continue;
      count.targets++;
      if (isCooling(target)) count.cooling++;
    }
  const by = ["upstream"];
  sheet.gauge(
    { name: "quoin_upstream_targets", help: "Targets of models that lie at an upstream.", by },
    [...counts].map(([upstream, { targets }]) => [{ upstream }, targets]),
  );
  sheet.gauge(
    {
      name: "quoin_upstream_targets_standing_back",
      help: "Those of them that failed again and again a moment ago, and are asked last.",
      by,
    },
    [...counts].map(([upstream, { cooling }]) => [{ upstream }, cooling]),
  );
}

function workersNow(sheet: Sheet, { workers }: ServingNow): void {
  const by = ["worker"];
  sheet.gauge({ name: "quoin_workers", help: "Processes that serve requests beside this one." }, [
    [{}, workers.length],
  ]);
  sheet.counter(
    { name: "quoin_worker_restarts_total", help: "How often another took a worker's place.", by },
    workers.map(({ id, restarts }): Sample => [{ worker: String(id) }, restarts]),
  );
  sheet.gauge(
    {
      name: "quoin_worker_resident_memory_bytes",
      help: "Resident memory of a worker; 0: it does not answer.",
      by,
    },
    workers.map(({ id, rssBytes }): Sample => [{ worker: String(id) }, rssBytes]),
  );
  sheet.counter(
    {
      name: "quoin_worker_cpu_seconds_total",
      help: "Processor time of a worker.",
      by,
    },
    workers
      .filter(({ rssBytes }) => rssBytes > 0)
      .map(({ id, cpuSeconds }): Sample => [{ worker: String(id) }, cpuSeconds]),
  );
}

function servingNow(sheet: Sheet, { requests, permits, chargesWaiting }: ServingNow): void {
  sheet.gauge({ name: "quoin_requests_running", help: "Requests at this moment." }, [[{}, requests]]);
  sheet.gauge(
    {
      name: "quoin_permits_held",
      help: "Requests at this moment that a limit of requests at once or a day counts.",
    },
    [[{}, permits]],
  );
  sheet.gauge(
    { name: "quoin_charges_waiting", help: "Finished answers that wait for their charge to be written." },
    [[{}, chargesWaiting]],
  );
}

function waitingNow(sheet: Sheet, { mails, doubtedCharges }: WaitingNow): void {
  sheet.gauge({ name: "quoin_mails_stuck", help: "Mails that their sender did not take." }, [[{}, mails]]);
  sheet.gauge({ name: "quoin_charges_doubted", help: "Charges that wait for an operator's word." }, [
    [{}, doubtedCharges],
  ]);
}

/** How things stand at this moment. @throws what the database throws */
export async function stateMetrics(sheet: Sheet, sources: MetricSources): Promise<void> {
  const [serving, waiting] = await Promise.all([sources.serving(), sources.waiting()]);
  upstreamsNow(sheet, sources);
  servingNow(sheet, serving);
  workersNow(sheet, serving);
  waitingNow(sheet, waiting);
}
