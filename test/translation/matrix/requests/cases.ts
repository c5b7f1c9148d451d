import { CALLS } from "./calls.ts";
import type { RequestCase } from "./case.ts";
import { CHOICES } from "./choices.ts";
import { MEDIA } from "./media.ts";
import { REASONING } from "./reasoning.ts";
import { SETTINGS } from "./settings.ts";
import { STATE } from "./state.ts";
import { TOOLS } from "./tools.ts";
import { TURNS } from "./turns.ts";

export const REQUEST_CASES: readonly RequestCase[] = [
  ...TURNS,
  ...MEDIA,
  ...TOOLS,
  ...CHOICES,
  ...CALLS,
  ...REASONING,
  ...SETTINGS,
  ...STATE,
];
