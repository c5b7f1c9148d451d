import { AUTH } from "./auth.ts";
import { SHELL } from "./shell.ts";

/** English: the first language, whose keys all others have. */
export const en = { ...SHELL, ...AUTH } as const;

export type TextKey = keyof typeof en;

/** Every text of the console by its key; other languages have the same keys. */
export type Catalogue = Readonly<Record<TextKey, string>>;
