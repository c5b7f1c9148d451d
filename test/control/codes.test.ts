import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hashCode, newCode, readCode } from "../../src/billing/codes.ts";
import { runOperation } from "../../src/control/operations.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ config: "{}" });
});
afterAll(() => gateway.close());

interface Made {
  readonly batch: string;
  readonly codes: readonly { readonly id: string; readonly code: string }[];
}

async function make(args: object): Promise<Made> {
  return (await gateway.operate("codes.create", args)) as unknown as Made;
}

async function states(batch: string): Promise<string[]> {
  const { codes } = await gateway.operate("codes.list", { batch });
  return (codes as { state: string }[]).map(({ state }) => state);
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "added",
    (fault: unknown) => (fault as Error).message,
  );

describe("a redemption code", () => {
  test("is shown once, kept as a hash, and becomes money", async () => {
    const { account } = await gateway.customer({ usd: "1" });
    const { codes, batch } = await make({ amount: "5.00", count: 3, batch: "spring" });
    expect(new Set(codes.map(({ code }) => code)).size).toBe(3);
    const [{ code } = { code: "" }] = codes;
    expect(code).toMatch(/^QC(-[0-9A-HJKMNP-TV-Z]{5}){4}$/);
    expect(await gateway.operate("wallet.redeem", { account, code })).toMatchObject({
      added_nanos: "5000000000",
      balance_nanos: "6000000000",
    });
    const listed = await gateway.operate("codes.list", { batch });
    expect((listed.codes as { account: string | null }[]).map((row) => row.account)).toContain(account);
    const told = JSON.stringify(listed);
    for (const made of codes) expect(told).not.toContain(made.code.slice(3, 14));
    expect(JSON.stringify(gateway.home.db.query("SELECT hint, batch FROM code").all())).not.toContain(code);
  });

  test("works once, whoever asks at the same time", async () => {
    const [one, other] = [await gateway.customer({ usd: "0" }), await gateway.customer({ usd: "0" })];
    const { codes } = await make({ amount: "2" });
    const code = codes[0]?.code ?? "";
    const tries = Array.from({ length: 20 }, (_, index) =>
      outcome(gateway.operate("wallet.redeem", { account: (index % 2 ? one : other).account, code })),
    );
    const told = await Promise.all(tries);
    expect(told.filter((words) => words === "added")).toHaveLength(1);
    expect(told).toContain("code: it was redeemed before, and works once; nothing was added.");
    expect(gateway.balanceNanos(one) + gateway.balanceNanos(other)).toBe(2_000_000_000n);
  });

  test("is read as people type it", async () => {
    const { account } = await gateway.customer({ usd: "0" });
    const { codes } = await make({ amount: "1" });
    const typed = (codes[0]?.code ?? "").toLowerCase().replaceAll("-", " ").replaceAll("0", "o");
    expect(await outcome(gateway.operate("wallet.redeem", { account, code: ` ${typed} ` }))).toBe("added");
  });

  test("is refused when unknown, revoked or expired, and adds nothing", async () => {
    const customer = await gateway.customer({ usd: "0" });
    const { account } = customer;
    const redeem = (code: string) => outcome(gateway.operate("wallet.redeem", { account, code }));
    expect(await redeem(newCode())).toBe(
      "code: it is not one of ours; check every character; nothing was added.",
    );
    expect(await redeem("QC-1234")).toContain("is not a code");

    const revoked = await make({ amount: "1", count: 2, batch: "taken-back" });
    expect(await gateway.operate("codes.revoke", { id: revoked.codes[0]?.id })).toEqual({ revoked: 1 });
    expect(await redeem(revoked.codes[0]?.code ?? "")).toContain("was revoked");
    expect(await redeem(revoked.codes[1]?.code ?? "")).toBe("added");
    expect(await outcome(gateway.operate("codes.revoke", { batch: "taken-back" }))).toContain("no open code");
    expect((await states("taken-back")).sort()).toEqual(["redeemed", "revoked"]);

    const late = await make({ amount: "1", expires: "2099-01-31", batch: "late" });
    const control = {
      ...gateway.app.control,
      clock: { now: () => Date.UTC(2099, 1, 1), monotonic: () => 0 },
    };
    const code = late.codes[0]?.code ?? "";
    expect(await outcome(runOperation(control, "wallet.redeem", { account, code }))).toContain("has expired");
    const listed = await runOperation(control, "codes.list", { batch: "late" });
    expect(listed).toMatchObject({ codes: [{ state: "expired", expires_at: "2099-02-01T00:00:00.000Z" }] });
    expect(await redeem(code)).toBe("added");
    expect(gateway.balanceNanos(customer)).toBe(2_000_000_000n);
  });

  test.each<[object, string]>([
    [{ amount: "0" }, "amount: must be more than zero."],
    [{ amount: "1", count: 0 }, "count: "],
    [{ amount: "1", count: 10_001 }, "count: "],
    [{ amount: "1", expires: "2020-01-01" }, "expires: 2020-01-01 is past"],
    [{ amount: "1", expires: "next week" }, "expires: "],
    [{ amount: "1", expires: "2099-13-01" }, "expires: "],
    [{ amount: "1", expires: "2099-12-01T00:00:00" }, "expires: "],
    [{ amount: "1", batch: "a b" }, "batch: "],
  ])("is not made of %j", async (args, message) => {
    expect(await outcome(make(args))).toContain(message);
  });
});

test("codes are in the proof", async () => {
  await make({ amount: "1", count: 5 });
  await gateway.operate("flush", {});
  const proof = await proveLedger(gateway.home.folder, async () => undefined);
  expect(proof.checks.filter(({ differences }) => differences.length > 0)).toEqual([]);
});

test("one code has one hash however it is written, and another secret gives another", () => {
  const code = readCode("qc-oil00-11111-zzzzz-abcde");
  expect(code).toBe("0110011111ZZZZZABCDE");
  expect(hashCode("a".repeat(32), code ?? "")).not.toEqual(hashCode("b".repeat(32), code ?? ""));
  expect(["", "QC", "QC-UUUUU-UUUUU-UUUUU-UUUUU", `${newCode()}0`].map(readCode)).toEqual(
    Array(4).fill(undefined),
  );
});
