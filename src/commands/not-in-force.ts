import { countOf } from "../base/count-of.ts";
import type { Config } from "../config/types.ts";
import type { Snapshot } from "../core/model.ts";

const NAMED_MAX = 3;

/** Models that can be asked for nowhere; a vendor's catalogue may have dozens, so not all are named. */
function notServed({ models }: Snapshot): string[] {
  const ids = models.filter(({ protocols }) => protocols.length === 0).map(({ id }) => id);
  if (ids.length === 0) return [];
  const more = ids.length > NAMED_MAX ? ` and ${ids.length - NAMED_MAX} more` : "";
  return [
    `no endpoint serves ${countOf(ids.length, "model")}: ${ids.slice(0, NAMED_MAX).join(", ")}${more}.`,
  ];
}

/** Where an upstream takes nothing but completions, requests pass as they are. */
function isBare(snapshot: Snapshot, id: string): boolean {
  const targets = snapshot.findModel(id)?.targets ?? [];
  return targets.some(({ upstream }) => upstream.protocols.every((name) => name === "openai-completions"));
}

/** What the configuration declares and this version does not act on yet; said at start, never passed over. */
export function notInForce(config: Config, snapshot: Snapshot): string[] {
  const warnings = notServed(snapshot);
  for (const model of config.models) {
    if (Object.keys(model.defaults).length > 0 && isBare(snapshot, model.id))
      warnings.push(
        `the request defaults of model "${model.id}", at an upstream that takes completions only.`,
      );
  }
  return warnings;
}
