import { z } from "zod";
import { randomBase62 } from "../base/base62.ts";
import { type LowBalanceNotice, sealWebhookSecret } from "../billing/low-balance.ts";
import { ACCOUNT, accountOf, amountOf, CommandError, operation } from "./operation.ts";

const WEBHOOK = z
  .url({ protocol: /^https?$/, error: "must be an https address" })
  .max(2_000)
  .refine((text) => {
    const { username, password } = new URL(text);
    return username === "" && password === "";
  }, "must not hold a user or password");
const EMAIL = z.email("must be an e-mail address").max(254);

function noticeView(account: string, notice: LowBalanceNotice | undefined): object {
  return {
    account,
    below_nanos: notice?.belowNanos.toString() ?? null,
    webhook: notice?.webhook ?? null,
    email: notice?.email ?? null,
  };
}

/** Who is told when a balance runs low. */
export const NOTICE_OPERATIONS = {
  "wallet.notify": operation(
    z.strictObject({
      account: ACCOUNT,
      below: z.string().optional(),
      webhook: WEBHOOK.optional(),
      email: EMAIL.optional(),
      off: z.boolean().default(false),
    }),
    async (deps, { account, below, webhook, email, off }) => {
      const { walletId } = await accountOf(deps, account);
      if (off) await deps.notices.remove(walletId);
      if (off || below === undefined) return noticeView(account, await deps.notices.find(walletId));
      if (webhook === undefined && email === undefined)
        throw new CommandError("webhook: nobody would be told; give a webhook, an e-mail address, or both.");
      const secret = webhook === undefined ? undefined : `qws_${randomBase62(32)}`;
      const sealedSecret = secret && sealWebhookSecret(deps.secret, walletId, secret);
      const notice = { walletId, belowNanos: amountOf(below), webhook, email, armed: true };
      await deps.notices.set({ ...notice, sealedSecret: sealedSecret || undefined });
      const shown = noticeView(account, await deps.notices.find(walletId));
      return secret === undefined ? shown : { ...shown, webhook_secret: secret };
    },
  ),
};
