import { describe, expect, test } from "bun:test";
import { EpochOver } from "../../src/billing/store.ts";
import { answerFromStores } from "../../src/workers/asked-stores.ts";
import { remoteHome } from "../../src/workers/remote-stores.ts";

type Stores = Parameters<typeof answerFromStores>[0];

describe("what a worker asks of its parent's stores", () => {
  test("goes by the store's name and the call's", async () => {
    const asked: unknown[][] = [];
    const home = remoteHome(async (...call) => {
      asked.push(call);
      return 7;
    }, "secret");
    expect(await home.payments.debt("wallet")).toBe(7 as never);
    await home.directory.planUse("plan");
    expect(asked).toEqual([
      ["payments.debt", "wallet"],
      ["directory.planUse", "plan"],
    ]);
  });

  test("is answered only where a worker may ask it", () => {
    const home = {
      payments: { debt: (id: string) => `debt of ${id}`, apply: () => "money" },
    } as unknown as Stores;
    expect(answerFromStores(home, "payments.debt", ["w"])).toBe("debt of w");
    for (const name of [
      "payments.apply",
      "payments.constructor",
      "people.users",
      "toString.call",
      "payments",
    ])
      expect(() => answerFromStores(home, name, [])).toThrow("there is no call");
  });

  test("tells the ledger that its epoch is over, and other faults as they are", async () => {
    const over = Object.assign(new Error("epoch 3 is over"), { name: "EpochOver" });
    const step = { walletId: "w", epoch: 3, turn: 1, needNanos: 1n, wantNanos: 1n };
    const ended = remoteHome(() => Promise.reject(over), "");
    expect(await ended.ledgerStore.lease(step).catch((cause: unknown) => cause)).toBeInstanceOf(EpochOver);
    const broken = remoteHome(() => Promise.reject(new Error("disk")), "");
    expect(await broken.ledgerStore.lease(step).catch(String)).toBe("Error: disk");
  });
});
