import { remembered } from "./base/remembered.ts";
import type { HttpDeps } from "./control/http/deps.ts";
import type { ServingNow, WaitingNow } from "./control/metrics/sources.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { LiveTail } from "./history/live-tail.ts";
import { requestMeter } from "./history/request-meter.ts";
import type { Home } from "./home.ts";
import type { Crew, WorkerState } from "./workers/crew.ts";

interface MetricParts {
  readonly home: Pick<Home, "mails" | "quarantine">;
  readonly gateway: Gateway;
  readonly tail: LiveTail;
  readonly crew: Crew | undefined;
  readonly version: string;
}

/** A database is asked at most this often, however many scrape. */
const ASK_EVERY_MS = 15_000;
/** As many mails as are counted; beyond that a number says nothing more. */
const MAILS_MAX = 1_000;

async function waitingIn({ mails, quarantine }: MetricParts["home"]): Promise<WaitingNow> {
  const [stuck, doubtedCharges] = await Promise.all([mails.stuck(MAILS_MAX), quarantine.count()]);
  return { mails: stuck.length, doubtedCharges };
}

const sumOf = (states: readonly WorkerState[], count: "running" | "permits" | "charging"): number =>
  states.reduce((sum, state) => sum + state[count], 0);

async function servingNow({ gateway, crew }: MetricParts): Promise<ServingNow> {
  const { running, limiter, ledger } = gateway;
  if (!crew)
    return {
      requests: running.size,
      permits: limiter.held,
      chargesWaiting: ledger.charging,
      workers: [],
    };
  const states = await crew.states();
  return {
    requests: sumOf(states, "running"),
    permits: sumOf(states, "permits"),
    chargesWaiting: sumOf(states, "charging"),
    workers: states.map(({ id, restarts, rss_bytes, cpu_seconds }) => ({
      id,
      restarts,
      rssBytes: rss_bytes,
      cpuSeconds: cpu_seconds,
    })),
  };
}

/** What metrics are made of; from now on records are counted. */
export function buildMetrics(parts: MetricParts): HttpDeps["metrics"] {
  const { gateway, tail, home, version } = parts;
  const { snapshot, cooldowns, clock } = gateway;
  const meter = requestMeter(snapshot);
  tail.subscribe({}, meter.note);
  return {
    ...{ version, meter, snapshot },
    isCooling: (target) => cooldowns.isCooling(target),
    serving: () => servingNow(parts),
    waiting: remembered(clock, ASK_EVERY_MS, () => waitingIn(home)),
  };
}
