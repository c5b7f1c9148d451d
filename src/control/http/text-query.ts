import { z } from "@hono/zod-openapi";

/** A part of a name that a list is narrowed by. */
export const TEXT = z.string().max(100).optional().describe("Part of the name.");
