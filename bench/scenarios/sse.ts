import { FRAMING_EVENTS } from "../answers.ts";
import { STREAM_EVENTS, STREAM_GAP_MS, streamBody } from "../bodies.ts";
import { interleave, runLoad } from "../measure.ts";
import { figure, pairedRatio } from "../ratios.ts";
import { budget, type ScenarioReport } from "../report.ts";
import { available, type Run, whyNot, withProxies } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";

const CPU_TO_RELAY = 1.4;

/** Streams of a hundred events that arrive one by one: the CPU time of each. */
export async function sseScenario({ options, ground }: Run): Promise<ScenarioReport> {
  const proxies = available(options, ["gateway", "relay", "nginx"]);
  return withProxies(proxies.names, ground, false, async (targets) => {
    const all = new Map([["direct", ground.upstream], ...targets] as const);
    const samples = await interleave([...all.keys()], options.rounds, (name, round) =>
      runLoad(ground, all.get(name) ?? ground.upstream, {
        body: streamBody(),
        connections: options.connections,
        warmupMs: round === 0 ? 1_500 : 700,
        windowMs: options.windowMs,
        eventsPerStream: STREAM_EVENTS + FRAMING_EVENTS,
      }),
    );
    const [gateway, relay] = [samples.get("gateway"), samples.get("relay")];
    const perEvent = "CPU an event, gateway / relay";
    const apart = [...samples].map(
      ([name, windows]) => `${name} ${figure(windows, (sample) => sample.eventsPerRead).median.toFixed(2)}`,
    );
    return {
      scenario: "sse",
      tables: [
        loadTable(
          `Streams of ${STREAM_EVENTS} events ${STREAM_GAP_MS} ms apart, ${options.connections} connections`,
          samples,
          "event",
        ),
      ],
      budgets: [
        gateway === undefined || relay === undefined
          ? budget(perEvent, "lower", CPU_TO_RELAY, whyNot(proxies, "gateway", "relay"))
          : budget(
              perEvent,
              "lower",
              CPU_TO_RELAY,
              pairedRatio(gateway, relay, (sample) => sample.cpuMicrosPerEvent),
            ),
      ],
      notes: [
        `Events a read, 1.00 when each arrived alone: ${apart.join(", ")}.`,
        "The rate is set by the upstream's pace, so CPU an event is the figure; p50 and p99 are of whole streams.",
        ...sampleNotes(samples),
      ],
      figures: { samples: Object.fromEntries(samples) },
    };
  });
}
