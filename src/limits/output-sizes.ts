/** Answers of a model that are remembered. */
const KEPT = 64;
/** The order of sizes is found anew after this many. */
const EVERY = 16;
/** What an answer is taken for while none was seen. */
const FIRST_TOKENS = 2_048;
const QUANTILE = 0.95;

interface Sizes {
  readonly last: number[];
  count: number;
  p95: number;
}

/** How long a model's answers usually are: most clients set an output limit far above what they get. */
export interface OutputSizes {
  /** The size in tokens that 19 of 20 late answers kept to. */
  p95(modelId: string): number;
  learn(modelId: string, tokens: number): void;
}

export function outputSizes(): OutputSizes {
  const models = new Map<string, Sizes>();
  return {
    p95: (modelId) => models.get(modelId)?.p95 ?? FIRST_TOKENS,
    learn(modelId, tokens) {
      let sizes = models.get(modelId);
      if (!sizes) {
        sizes = { last: [], count: 0, p95: FIRST_TOKENS };
        models.set(modelId, sizes);
      }
      sizes.last[sizes.count % KEPT] = tokens;
      sizes.count++;
      if (sizes.count % EVERY !== 0) return;
      const sorted = Float64Array.from(sizes.last).sort();
      sizes.p95 = sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? FIRST_TOKENS;
    },
  };
}
