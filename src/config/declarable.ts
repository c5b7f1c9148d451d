import { z } from "zod";
import type { ListedKind, SettingId } from "./declared.ts";
import { account, model, upstream } from "./schema.ts";
import {
  accessHost,
  brand,
  catalogue,
  currencies,
  errors,
  region,
  trustedProxies,
} from "./schema-offering.ts";
import { plan } from "./schema-plan.ts";
import { prompts } from "./schema-prompts.ts";
import { signUp } from "./schema-sign-up.ts";

/** What operators may also declare in the console, one by one. */
export const DECLARABLE = { upstream, model, plan } as const satisfies Record<ListedKind, z.ZodType>;

/** Sections that they may declare there, each as a whole; a list stands in a field of the section's name. */
export const SECTIONS = {
  brand,
  catalogue,
  errors,
  prompts,
  signup: signUp,
  accounts: z.strictObject({ accounts: z.array(account).default([]) }),
  currencies: z.strictObject({ currencies }),
  hosts: z.strictObject({ hosts: z.array(accessHost).default([]) }),
  regions: z.strictObject({ regions: z.array(region).default([]) }),
  trusted_proxies: z.strictObject({ trusted_proxies: trustedProxies }),
} as const satisfies Record<SettingId, z.ZodType>;
