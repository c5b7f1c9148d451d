import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import type { NoticeMessage } from "../../src/billing/notice-messages.ts";
import { type MoneyFixture, newAccount, type OpenMoney } from "./money-fixture.ts";

/** What every store of low-balance notices must do. */
export function noticeContract(name: string, open: OpenMoney): void {
  describe(`low-balance notices: ${name}`, () => {
    let fixture: MoneyFixture;
    let walletId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ walletId } = await newAccount(fixture, "alice"));
    });
    afterEach(() => fixture.dispose());

    async function set(belowNanos = 10n) {
      const notice = {
        walletId,
        belowNanos,
        webhook: "https://example.com/hook",
        email: undefined,
        sealedSecret: new Uint8Array([1, 2]),
        armed: true,
      };
      await fixture.notices.set(notice);
      return { ...notice, account: "alice" };
    }

    function message(): NoticeMessage {
      return { messageId: newId(), walletId, channel: "webhook", target: "t", body: "b", tries: 0 };
    }

    test("one for each wallet: the last that was set", async () => {
      expect(await fixture.notices.find(walletId)).toBeUndefined();
      await set(5n);
      const last = await set(10n);
      const found = await fixture.notices.find(walletId);
      expect({ ...found, sealedSecret: new Uint8Array(found?.sealedSecret ?? []) }).toEqual(last);
      expect(await fixture.notices.all()).toHaveLength(1);
      expect(await fixture.notices.remove(walletId)).toBe(true);
      expect(await fixture.notices.remove(walletId)).toBe(false);
      expect(await fixture.notices.all()).toEqual([]);
    });

    test("fires once until it is armed again, also when two fire at once", async () => {
      await set();
      const fired = [1, 2, 3].map(async () => await fixture.notices.fire(walletId, [message()], 100));
      expect((await Promise.all(fired)).filter(Boolean)).toHaveLength(1);
      expect(await fixture.notices.due(100, 10)).toHaveLength(1);
      await fixture.notices.arm(walletId);
      expect(await fixture.notices.fire(walletId, [message()], 100)).toBe(true);
    });

    test("a message is due until it is closed, and not before its next try", async () => {
      await set();
      const sent = message();
      await fixture.notices.fire(walletId, [sent], 100);
      expect(await fixture.notices.due(99, 10)).toEqual([]);
      expect((await fixture.notices.due(100, 10)).map(({ messageId }) => messageId)).toEqual([
        sent.messageId,
      ]);
      await fixture.notices.retry(sent.messageId, 500, "busy");
      expect(await fixture.notices.due(499, 10)).toEqual([]);
      const [again] = await fixture.notices.due(500, 10);
      expect(again).toMatchObject({ messageId: sent.messageId, walletId, tries: 1 });
      await fixture.notices.close(sent.messageId, 501, undefined);
      expect(await fixture.notices.due(1_000_000, 10)).toEqual([]);
    });
  });
}
