import type { GenerationRequest } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import type { Protocol } from "../core/protocol.ts";
import type { PartFilter } from "./part-filter.ts";
import { finishFixer } from "./restore/finish-fixer.ts";
import { hideReasoning, showsReasoning } from "./restore/hide-reasoning.ts";
import { type CallSignature, keepSignatures } from "./restore/keep-signatures.ts";
import { legalCallIds } from "./restore/legal-call-ids.ts";
import type { Restore } from "./restore/restore.ts";
import { restoreTools } from "./restore/restore-tools.ts";
import { stopScanner } from "./restore/stop-scanner.ts";
import { thinkSplitter } from "./restore/think-splitter.ts";
import { usableParts } from "./restore/usable-parts.ts";

export interface AnswerFilters {
  readonly filters: readonly PartFilter[];
  /** Filled as the answer goes by. */
  readonly signatures: readonly CallSignature[];
  /** Whether a stop sequence of ours ended the answer while the upstream would go on. */
  cutShort(): boolean;
}

export interface AnswerFiltersOptions {
  /** As the client sent it. */
  readonly request: GenerationRequest;
  readonly traits: TargetTraits;
  readonly restore: Restore;
  /** Stop sequences that the upstream was not told. */
  readonly stops: readonly string[];
  /** The client's protocol. */
  readonly protocol: Protocol;
}

/** The filters between an upstream's parts and the client's encoder, in their order. */
export function answerFilters(options: AnswerFiltersOptions): AnswerFilters {
  const { request, traits, restore, stops, protocol } = options;
  const scanner = stops.length > 0 ? stopScanner(stops, request.sampling.choices ?? 1) : undefined;
  const signatures: CallSignature[] = [];
  return {
    signatures,
    filters: [
      usableParts(),
      ...(traits.thinkTags ? [thinkSplitter()] : []),
      restoreTools(restore),
      legalCallIds(protocol),
      ...(scanner ? [scanner] : []),
      finishFixer(),
      keepSignatures(signatures, traits),
      // A peer of the client's own protocol was asked in the client's own words and shows what they ask for.
      ...(traits.protocol === protocol || showsReasoning(request) ? [] : [hideReasoning()]),
    ],
    cutShort: () => scanner?.stopped === true,
  };
}
