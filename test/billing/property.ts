/** Properties are tried with the same values in every run: a red test is red for everybody. */
export const PROPERTY = { seed: 20_261_121, numRuns: 200 };
