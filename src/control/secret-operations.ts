import { z } from "zod";
import { CommandError, NO_ARGS, operation } from "./operation.ts";

const ROTATE_REFUSED =
  "QUOIN_SECRET is set, so the new one must be given: put it into QUOIN_SECRET_NEXT and try again.";
const RETIRE_REFUSED =
  "A newer secret opens this installation than the one that this process was started with: set QUOIN_SECRET to that on every node, restart them, and try again.";

/** @throws CommandError in place of a RangeError */
async function refusing<Result>(message: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    throw cause instanceof RangeError ? new CommandError(message, "conflict") : cause;
  }
}

/** The secrets that open the key which everything is made with. */
export const SECRET_OPERATIONS = {
  "secret.list": operation(NO_ARGS, async ({ secrets }) => ({
    secrets: (await secrets.list()).map(({ name, since, isOurs }) => ({
      name,
      since: new Date(since).toISOString(),
      in_use: isOurs,
    })),
  })),
  "secret.rotate": operation(
    z.strictObject({ next: z.string().min(32).optional() }),
    async ({ secrets }, { next }) => ({
      in_home: await refusing(ROTATE_REFUSED, () => secrets.rotate(next)),
    }),
  ),
  "secret.retire": operation(NO_ARGS, async ({ secrets }) => ({
    retired: await refusing(RETIRE_REFUSED, () => secrets.retire()),
  })),
};
