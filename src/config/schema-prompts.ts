import { z } from "zod";

export const prompts = z
  .strictObject({
    keep: z
      .boolean()
      .default(true)
      .describe(
        "Whether keys that ask for it have their prompts kept. false: nothing is kept, whatever keys say.",
      ),
    days: z
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .describe("Days after which kept prompts are deleted; an organisation may choose fewer."),
  })
  .describe("What requests say and are answered, kept encrypted for keys that ask for it.");
