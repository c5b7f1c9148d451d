import type { Model } from "../core/model.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { Usage } from "../core/usage.ts";

function usageView(usage: Usage): object {
  return {
    input: usage.input,
    cache_read: usage.cacheRead,
    cache_write_5m: usage.cacheWrite5m,
    cache_write_1h: usage.cacheWrite1h,
    audio_input: usage.audioInput,
    output: usage.output,
    reasoning: usage.reasoning,
    audio_output: usage.audioOutput,
    image_output: usage.imageOutput,
    searches: usage.searches,
    characters: usage.characters,
    seconds: usage.seconds,
  };
}

/** A request record as operators and customers read it: snake_case, money in nanos as a string. */
export function recordView(record: RequestRecord, account: string): object {
  return {
    id: record.id,
    at: new Date(record.at).toISOString(),
    account,
    key_id: record.keyId,
    model: record.model,
    protocol: record.protocol,
    operation: record.operation,
    stream: record.stream,
    status: record.status,
    outcome: record.outcome,
    error: record.error ?? null,
    usage: usageView(record.usage),
    usage_source: record.usageSource,
    charge_nanos: record.chargeNanos.toString(),
    price_version: record.priceVersion,
    queue_ms: record.queueMs,
    first_byte_ms: record.firstByteMs,
    last_byte_ms: record.lastByteMs,
    attempts: record.attempts.map(({ startMs, tookMs, reason, ...attempt }) => ({
      ...attempt,
      reason: reason ?? null,
      start_ms: startMs,
      took_ms: tookMs,
    })),
    client: record.client,
    region: record.region,
    notes: record.notes,
    answer_id: record.answerId ?? null,
  };
}

export function modelView(model: Model): object {
  const { rates } = model.price.base;
  return {
    id: model.id,
    display_name: model.displayName,
    vendor: model.vendor,
    aliases: model.aliases,
    context_tokens: model.contextTokens,
    output_tokens_max: model.outputTokensMax,
    protocols: model.protocols,
    price_nanos_per_million: {
      input: rates.input.toString(),
      output: rates.output.toString(),
      cache_read: rates.cacheRead.toString(),
    },
    targets: model.targets.map(({ upstream, model: name, weight }) => ({
      upstream: upstream.id,
      model: name,
      weight,
    })),
  };
}
