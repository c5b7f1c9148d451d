import type { Nanos } from "../../core/money.ts";
import type { UsageKind } from "../../core/usage.ts";
import { ATTEMPT_ENDS, type ModelCounts } from "../../history/request-meter.ts";
import type { Sample, Sheet } from "./sheet.ts";
import type { MetricSources } from "./sources.ts";

/** As the management API names them. */
const TOKEN_KINDS: readonly (readonly [kind: UsageKind, label: string])[] = [
  ["input", "input"],
  ["cacheRead", "cache_read"],
  ["cacheWrite5m", "cache_write_5m"],
  ["cacheWrite1h", "cache_write_1h"],
  ["audioInput", "audio_input"],
  ["output", "output"],
  ["reasoning", "reasoning"],
  ["audioOutput", "audio_output"],
  ["imageOutput", "image_output"],
];

const NANOS_PER_USD = 1e9;

const usd = (nanos: Nanos): number => Number(nanos) / NANOS_PER_USD;

function requestsOf([model, { requests }]: readonly [string, ModelCounts]): Sample[] {
  return [...requests.values()].map(({ protocol, outcome, statusClass, count }) => [
    { model, protocol, status_class: `${statusClass}xx`, outcome },
    count,
  ]);
}

function tokensOf([model, { usage }]: readonly [string, ModelCounts]): Sample[] {
  return TOKEN_KINDS.filter(([kind]) => usage[kind] > 0).map(([kind, label]) => [
    { model, kind: label },
    usage[kind],
  ]);
}

function chargedOf([model, { chargedKnown, chargedUnknown }]: readonly [string, ModelCounts]): Sample[] {
  return [
    [{ model, cost: "known" }, usd(chargedKnown)],
    [{ model, cost: "unknown" }, usd(chargedUnknown)],
  ];
}

/** What was used beside tokens, of models that anything of it was used of. */
function besideTokens(sheet: Sheet, models: readonly (readonly [string, ModelCounts])[]): void {
  const used = (kind: UsageKind): Sample[] =>
    models.filter(([, { usage }]) => usage[kind] > 0).map(([model, { usage }]) => [{ model }, usage[kind]]);
  const by = ["model"];
  sheet.counter(
    { name: "quoin_searches_total", help: "Searches of vendors that are billed apart.", by },
    used("searches"),
  );
  sheet.counter(
    { name: "quoin_speech_characters_total", help: "Characters of text that was to be spoken.", by },
    used("characters"),
  );
  sheet.counter(
    { name: "quoin_audio_seconds_total", help: "Seconds of audio that were heard.", by },
    used("seconds"),
  );
}

function money(sheet: Sheet, models: readonly (readonly [string, ModelCounts])[]): void {
  sheet.counter(
    {
      name: "quoin_charged_usd_total",
      help: "What customers were charged, apart by whether the request's cost is known.",
      by: ["model", "cost"],
    },
    models.flatMap(chargedOf),
  );
  sheet.counter(
    {
      name: "quoin_cost_usd_total",
      help: "What the operator pays upstreams, where quoin.yaml says what that is.",
      by: ["model"],
    },
    models.map(([model, { cost }]) => [{ model }, usd(cost)]),
  );
}

function attempts(sheet: Sheet, { upstreams, refused }: MetricSources["meter"]): void {
  sheet.counter(
    {
      name: "quoin_attempts_total",
      help: "Tries of upstreams, by how they ended.",
      by: ["upstream", "outcome"],
    },
    [...upstreams].flatMap(([upstream, counts]) =>
      ATTEMPT_ENDS.map((outcome): Sample => [{ upstream, outcome }, counts.attempts[outcome]]),
    ),
  );
  sheet.counter(
    {
      name: "quoin_failovers_total",
      help: "Tries of an upstream after which another target was tried.",
      by: ["upstream"],
    },
    [...upstreams].map(([upstream, { failovers }]) => [{ upstream }, failovers]),
  );
  sheet.counter(
    {
      name: "quoin_refused_requests_total",
      help: "Requests that failed before any upstream was asked, by status.",
      by: ["status"],
    },
    [...refused].map(([status, count]) => [{ status: String(status) }, count]),
  );
}

/** What requests came to since this node started. */
export function requestMetrics(sheet: Sheet, { meter }: MetricSources): void {
  const models = [...meter.models];
  sheet.counter(
    {
      name: "quoin_requests_total",
      help: "Requests that have ended, of keys that are known.",
      by: ["model", "protocol", "status_class", "outcome"],
    },
    models.flatMap(requestsOf),
  );
  sheet.histogram(
    {
      name: "quoin_request_duration_seconds",
      help: "From a request's arrival to the last byte of its answer, of those that finished.",
      by: ["model"],
    },
    models.map(([model, { took }]) => [{ model }, took]),
  );
  sheet.histogram(
    {
      name: "quoin_time_to_first_byte_seconds",
      help: "From a request's arrival to the first byte of its answer, of those that finished.",
      by: ["model"],
    },
    models.map(([model, { firstByte }]) => [{ model }, firstByte]),
  );
  sheet.counter(
    { name: "quoin_tokens_total", help: "Tokens, in kinds that do not overlap.", by: ["model", "kind"] },
    models.flatMap(tokensOf),
  );
  besideTokens(sheet, models);
  money(sheet, models);
  attempts(sheet, meter);
}
