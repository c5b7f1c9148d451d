import { AUDIT } from "./audit.ts";
import { AUTH } from "./auth.ts";
import { CONNECT } from "./connect.ts";
import { KEYS } from "./keys.ts";
import { MODELS } from "./models.ts";
import { NOTES } from "./notes.ts";
import { OPERATOR } from "./operator.ts";
import { OPERATOR_DECLARE } from "./operator-declare.ts";
import { OPERATOR_OFFER } from "./operator-offer.ts";
import { OPERATOR_SECTIONS } from "./operator-sections.ts";
import { OVERVIEW } from "./overview.ts";
import { PEOPLE } from "./people.ts";
import { PLANS } from "./plans.ts";
import { PUBLIC } from "./public.ts";
import { REQUESTS } from "./requests.ts";
import { SHELL } from "./shell.ts";
import { WALLET } from "./wallet.ts";

/** English: the first language, whose keys all others have. */
export const en = {
  ...AUDIT,
  ...AUTH,
  ...CONNECT,
  ...KEYS,
  ...MODELS,
  ...NOTES,
  ...OPERATOR,
  ...OPERATOR_DECLARE,
  ...OPERATOR_OFFER,
  ...OPERATOR_SECTIONS,
  ...OVERVIEW,
  ...PEOPLE,
  ...PLANS,
  ...PUBLIC,
  ...REQUESTS,
  ...SHELL,
  ...WALLET,
} as const;

export type TextKey = keyof typeof en;

/** Every text of the console by its key; other languages have the same keys. */
export type Catalogue = Readonly<Record<TextKey, string>>;
