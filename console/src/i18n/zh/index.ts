import type { Catalogue } from "../en/index.ts";
import { AUTH } from "./auth.ts";
import { SHELL } from "./shell.ts";

/** Simplified Chinese. */
export const zh: Catalogue = { ...SHELL, ...AUTH };
