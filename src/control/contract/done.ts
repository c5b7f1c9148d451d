import { z } from "@hono/zod-openapi";

/** The answer of writes that leave nothing to show. */
export const DONE = z.strictObject({ done: z.literal(true) }).openapi("Done");
export const IS_DONE = { done: true } as const;
