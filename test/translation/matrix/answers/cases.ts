import { CALLS } from "./calls.ts";
import type { AnswerCase } from "./case.ts";
import { EXTRAS } from "./extras.ts";
import { FAILURES } from "./failures.ts";
import { ODDITIES } from "./oddities.ts";
import { TEXTS } from "./texts.ts";
import { THOUGHTS } from "./thoughts.ts";

export const ANSWER_CASES: readonly AnswerCase[] = [
  ...TEXTS,
  ...THOUGHTS,
  ...CALLS,
  ...EXTRAS,
  ...ODDITIES,
  ...FAILURES,
];
