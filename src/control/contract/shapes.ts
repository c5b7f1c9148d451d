import { z } from "@hono/zod-openapi";

/** Whole nanos of USD (10⁻⁹) in a string: more than a JSON number holds exactly. */
export const NANOS = z
  .string()
  .regex(/^-?\d{1,30}$/)
  .openapi({ example: "1500000000" });

/** A moment in ISO 8601, UTC. */
export const TIME = z.string().openapi({ format: "date-time", example: "2026-11-21T10:00:00.000Z" });

export const ID = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "must be an id of 32 hexadecimal digits")
  .openapi({ example: "019aa53e2b7c7d0c8d3c0a1b2c3d4e5f" });

/** Beside an account's id where operators read of many accounts. */
export const ACCOUNT_DISPLAY_NAME = z
  .string()
  .nullable()
  .describe("What people call the account; null: there is none of this id.");

const PAGE_MAX = 200;

/** Query fields of every list. */
export const PAGE = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_MAX)
    .default(50)
    .describe(`How many at most, up to ${PAGE_MAX}.`),
  cursor: z
    .string()
    .max(500)
    .optional()
    .describe("`next_cursor` of the page before. Absent: the first page."),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().describe("For the next page; null: this is the last one."),
  });
}
