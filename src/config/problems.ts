/** Where a value stands in quoin.yaml: `["models", 0, "price"]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with quoin.yaml, in words that name the mend. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** quoin.yaml cannot be used. The message has one line per problem: `FILE:LINE: FIELD: what and how to mend it`. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** `["models", 0, "price"]` → `models[0].price`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
