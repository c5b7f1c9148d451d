import { FRAMING_EVENTS } from "../answers.ts";
import {
  CHAT_PATH,
  jsonBody,
  MESSAGES_FRAMING_EVENTS,
  MESSAGES_PATH,
  messagesStreamBody,
  STREAM_EVENTS,
  streamBody,
} from "../bodies.ts";
import { interleave, type Load, runLoad, type Sample } from "../measure.ts";
import { pairedRatio } from "../ratios.ts";
import { budget, type ScenarioReport } from "../report.ts";
import { available, type Run, whyNot, withProxies } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";

/** What a translated answer may cost, against the same answer passed through. */
const CPU_TO_PASSED = { answer: 1.6, event: 2 } as const;

type Way = "passed" | "translated";
type Ways = Readonly<Record<Way, Pick<Load, "path" | "body" | "eventsPerStream">>>;

interface Plan {
  readonly scenario: string;
  readonly unit: "answer" | "event";
  readonly title: string;
  readonly ways: Ways;
  readonly pick: (sample: Sample) => number;
}

/** Both ways through one gateway to one upstream, which speaks chat: as a client of chat, and as one of Messages. */
async function compareWays({ options, ground }: Run, plan: Plan): Promise<ScenarioReport> {
  const { scenario, unit, title, ways, pick } = plan;
  const proxies = available(options, ["gateway"]);
  const name = `CPU an ${unit}, translated / passed`;
  const limit = CPU_TO_PASSED[unit];
  return withProxies(proxies.names, ground, false, async (targets) => {
    const gateway = targets.get("gateway");
    if (!gateway) {
      const missing = budget(name, "lower", limit, whyNot(proxies, "gateway"));
      return { scenario, tables: [], budgets: [missing], notes: [], figures: {} };
    }
    const samples = await interleave<Way>(["passed", "translated"], options.rounds, (way, round) =>
      runLoad(ground, gateway, {
        ...ways[way],
        connections: options.connections,
        // A translation is many functions: before the runtime has compiled them, an answer costs twice as much.
        warmupMs: round === 0 ? 6_000 : 700,
        windowMs: options.windowMs,
      }),
    );
    const [passed, translated] = [samples.get("passed") ?? [], samples.get("translated") ?? []];
    return {
      scenario,
      tables: [loadTable(`${title}, ${options.connections} connections`, samples, unit)],
      budgets: [budget(name, "lower", limit, pairedRatio(translated, passed, pick))],
      notes: ["Passed: chat to chat. Translated: Messages to chat.", ...sampleNotes(samples)],
      figures: { samples: Object.fromEntries(samples) },
    };
  });
}

/** Whole answers of about 1 KB. */
export function translateJsonScenario(run: Run): Promise<ScenarioReport> {
  return compareWays(run, {
    scenario: "translate-json",
    unit: "answer",
    title: "Whole answers, 1 KB bodies",
    ways: {
      passed: { path: CHAT_PATH, body: jsonBody() },
      translated: { path: MESSAGES_PATH, body: jsonBody() },
    },
    pick: (sample) => sample.cpuMicrosPerAnswer,
  });
}

/** The streams of the sse scenario. */
export function translateSseScenario(run: Run): Promise<ScenarioReport> {
  const translated = STREAM_EVENTS + MESSAGES_FRAMING_EVENTS;
  return compareWays(run, {
    scenario: "translate-sse",
    unit: "event",
    title: `Streams of ${STREAM_EVENTS} events`,
    ways: {
      passed: { path: CHAT_PATH, body: streamBody(), eventsPerStream: STREAM_EVENTS + FRAMING_EVENTS },
      translated: { path: MESSAGES_PATH, body: messagesStreamBody(), eventsPerStream: translated },
    },
    pick: (sample) => sample.cpuMicrosPerEvent,
  });
}
