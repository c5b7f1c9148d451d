import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Letter } from "../../src/accounts/people/deps.ts";
import { type MailQueue, type MailStore, mailQueue } from "../../src/accounts/people/mail-queue.ts";
import { until } from "../support/until.ts";

export interface MailFixture {
  readonly store: MailStore;
  /** All that lies in the table. */
  bytesAtRest(): Promise<Buffer>;
  dispose(): void | Promise<void>;
}

const START = Date.UTC(2026, 10, 21);
const MINUTE_MS = 60_000;
const LETTER: Letter = { to: "ann@example.com", subject: "123456 is your code", text: "123456" };

/** Mails that wait for their sender. */
export function mailContract(name: string, open: () => Promise<MailFixture>): void {
  describe(`mails: ${name}`, () => {
    let fixture: MailFixture;
    let now: number;
    let sent: Letter[];
    let isAway: boolean;
    let faults: string[];
    let queue: MailQueue;

    beforeEach(async () => {
      fixture = await open();
      [now, sent, isAway, faults] = [START, [], false, []];
      queue = newQueue();
    });
    afterEach(() => fixture.dispose());

    /** As another process, or the same after a restart, has it. */
    function newQueue(send = deliver): MailQueue {
      return mailQueue({
        store: fixture.store,
        send,
        secret: "s".repeat(64),
        clock: { now: () => now },
        onFault: (message) => void faults.push(message),
      });
    }
    async function deliver(letter: Letter): Promise<void> {
      await Promise.resolve();
      if (isAway) throw new Error("554 no");
      sent.push(letter);
    }
    const tries = async () => (await queue.stuck(10)).map((mail) => mail.tries);

    /** Until the try that a new mail begins with is over. */
    async function failOnce(letter: Letter = LETTER): Promise<void> {
      isAway = true;
      await queue.mail(letter);
      await until("the first try", async () => (await tries()).length === 1);
    }

    test("that are taken are sent once and leave nothing behind", async () => {
      await queue.mail(LETTER);
      await until("the mail", () => sent.length === 1);
      now += 3 * MINUTE_MS;
      await until("the queue to be empty", async () => (await fixture.store.take(now, now, 9)).length === 0);
      expect([sent, await queue.stuck(10)]).toEqual([[LETTER], []]);
    });

    test("that are not taken are tried again, ever later, and after a restart", async () => {
      await failOnce();
      expect(await queue.stuck(10)).toMatchObject([
        { to: "ann@example.com", tries: 1, nextAt: START + 5_000, error: "554 no", givenUpAt: undefined },
      ]);
      await queue.sweep();
      expect(await tries()).toEqual([1]);
      now += 5_000;
      await queue.sweep();
      expect(await queue.stuck(10)).toMatchObject([{ tries: 2, nextAt: now + 10_000 }]);
      isAway = false;
      now += 10_000;
      await newQueue().sweep();
      expect([sent, await queue.stuck(10), faults]).toEqual([[LETTER], [], []]);
    });

    test("of a process that died while it sent them are sent by another, later", async () => {
      await newQueue(() => new Promise(() => undefined)).mail(LETTER);
      await queue.sweep();
      expect(sent).toEqual([]);
      now += 2 * MINUTE_MS;
      await queue.sweep();
      expect(sent).toEqual([LETTER]);
    });

    test("that are due are taken by one of many", async () => {
      await failOnce();
      isAway = false;
      now += MINUTE_MS;
      await Promise.all(Array.from({ length: 6 }, () => newQueue().sweep()));
      expect(sent).toHaveLength(1);
    });

    test("of no more use are given up and told of, until their operator tries them again", async () => {
      await failOnce({ ...LETTER, goodForMs: 12_000 });
      now += 5_000;
      await queue.sweep();
      const [mail] = await queue.stuck(10);
      expect([mail?.givenUpAt, faults.length]).toEqual([now, 1]);
      now += 60 * MINUTE_MS;
      isAway = false;
      await queue.sweep();
      expect(sent).toEqual([]);
      expect(await fixture.store.again(mail?.mailId ?? "", now, now + MINUTE_MS)).toBe(true);
      expect(await fixture.store.again("0".repeat(32), now, now)).toBe(false);
      await queue.sweep();
      expect(sent).toHaveLength(1);
    });

    test("that their operator drops are not sent any more", async () => {
      await failOnce();
      const [mail] = await queue.stuck(10);
      expect(await fixture.store.remove(mail?.mailId ?? "")).toBe(true);
      expect(await fixture.store.remove(mail?.mailId ?? "")).toBe(false);
      isAway = false;
      now += 60 * MINUTE_MS;
      await queue.sweep();
      expect([sent, await queue.stuck(10)]).toEqual([[], []]);
    });

    test("that were given up are forgotten after a month", async () => {
      await failOnce({ ...LETTER, goodForMs: 1_000 });
      now += 31 * 86_400_000;
      await queue.sweep();
      expect(await queue.stuck(10)).toEqual([]);
    });

    test("lie sealed: a code is nowhere to be read", async () => {
      await failOnce();
      expect((await fixture.bytesAtRest()).toString("latin1")).not.toContain("123456");
    });
  });
}
