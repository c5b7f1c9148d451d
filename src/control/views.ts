import type { Model, Snapshot } from "../core/model.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { requestView } from "./http/request-views.ts";

/** A request record as commands print it: with the account's name in the place of its id. */
export function recordView(record: RequestRecord, account: string): object {
  const { id, at, account_id: _, ...view } = requestView(record);
  return { id, at, account, ...view };
}

export function modelView(model: Model, { unpublished }: Pick<Snapshot, "unpublished">): object {
  const { rates } = model.price.base;
  return {
    id: model.id,
    display_name: model.displayName,
    vendor: model.vendor,
    aliases: model.aliases,
    context_tokens: model.contextTokens,
    output_tokens_max: model.outputTokensMax,
    protocols: model.protocols,
    published: !unpublished.includes(model),
    price_nanos_per_million: {
      input: rates.input.toString(),
      output: rates.output.toString(),
      cache_read: rates.cacheRead.toString(),
    },
    targets: model.targets.map(({ upstream, model: name, weight, order }) => ({
      upstream: upstream.id,
      model: name,
      weight,
      order,
    })),
  };
}
