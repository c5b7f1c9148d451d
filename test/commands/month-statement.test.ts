import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textPdf } from "../../src/base/text-pdf.ts";
import { monthOf } from "../../src/base/utc-month.ts";
import {
  type MonthStatement,
  statementCsv,
  statementPdf,
  statementText,
} from "../../src/control/statement-files.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;
const month = monthOf(Date.now());
const before = monthOf(month.startsAt - 1);

async function statement(args: object): Promise<MonthStatement> {
  const asked = { account: customer.account, month: month.name, ...args };
  return (await gateway.operate("wallet.month-statement", asked)) as unknown as MonthStatement;
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  customer = await gateway.customer({ usd: "0" });
  const { walletId } = customer;
  const grant = { walletId, source: "top-up" as const };
  await gateway.home.wallets.grant({ ...grant, nanos: 7_000n, grantKey: "old", at: before.startsAt });
  await gateway.home.wallets.grant({ ...grant, nanos: 500n, grantKey: "edge", at: before.endsAt - 1 });
  await gateway.home.wallets.grant({ ...grant, nanos: 5_000_000_000n, grantKey: "new", at: month.startsAt });
  for (let round = 0; round < 3; round++) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
    });
    await response.text();
  }
  await gateway.settled();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

describe("a month's statement", () => {
  test("begins where the month before ended, and ends at the balance", async () => {
    const now = await statement({});
    expect(now).toMatchObject({ opening_nanos: "7500", complete: false });
    expect(now.closing_nanos).toBe(String(await gateway.balanceNanos(customer)));
    expect(now.entries.map(({ kind, amount_nanos }) => `${kind} ${amount_nanos}`)).toEqual([
      "grant 5000000000",
      "charge -50000",
      "charge -50000",
      "charge -50000",
    ]);
    const past = await statement({ month: before.name });
    expect(past).toMatchObject({ opening_nanos: "0", closing_nanos: "7500", complete: true });
    expect(past.entries.map(({ ref, balance_nanos }) => `${ref} ${balance_nanos}`)).toEqual([
      "old 7000",
      "edge 7500",
    ]);
    expect(await statement({ month: "2001-01" })).toMatchObject({ closing_nanos: "0", entries: [] });
  });

  test("has one line of charges a day where that is asked for", async () => {
    const { entries, closing_nanos } = await statement({ by: "day" });
    expect(entries.at(-1)).toMatchObject({ kind: "charge", requests: 3, amount_nanos: "-150000" });
    expect(closing_nanos).toBe((await statement({})).closing_nanos);
  });

  test("is refused for what is no month", async () => {
    await expect(statement({ month: "2026-13" })).rejects.toThrow('month: "2026-13" is no month');
  });

  test("reads as text and as CSV", async () => {
    const text = statementText(await statement({ by: "day" }));
    expect(text).toContain(`statement of ${month.name} (UTC), so far`);
    expect(text).toContain("3 requests");
    const rows = statementCsv(await statement({})).split("\r\n");
    expect(rows[0]).toBe("at,kind,reference,requests,amount_usd,balance_usd");
    expect(rows).toHaveLength(6);
    expect(rows[2]).toMatch(/^20.*Z,charge,[0-9a-f]{32},1,-0\.00005,4\.9999575$/);
  });
});

test("no field of the CSV is a formula, and none breaks its row", () => {
  const line = { at: "t", kind: "grant", requests: 0, amount_nanos: "-1", balance_nanos: "0", ...ALONE };
  const entries = ["=cmd()", "+1", "@x", "-2+3", 'a "b", c\nd'].map((ref) => ({ ...line, ref }));
  const csv = statementCsv({ ...EMPTY, entries });
  expect(csv).toContain("t,grant,'=cmd(),0,-0.000000001,0.00\r\n");
  expect(csv).toContain(`t,grant,"a ""b"", c\nd",0,`);
  expect(csv.match(/,'[=+@-]/g)).toHaveLength(4);
});

/** Nothing is told besides USD. */
const ALONE = { shown_nanos: null, paid_in: null } as const;

const EMPTY: MonthStatement = {
  account: "a",
  month: "2026-11",
  shown_currency: null,
  opening_shown_nanos: null,
  closing_shown_nanos: null,
  complete: true,
  opening_nanos: "0",
  closing_nanos: "0",
  entries: [],
};

/** What a reader does: from the trailer to the table, from there to every object and stream. */
function readPdf(bytes: Uint8Array): { pages: number; texts: string[] } {
  const text = Buffer.from(bytes).toString("latin1");
  expect(text).toStartWith("%PDF-1.4\n");
  expect(text).toEndWith("%%EOF\n");
  const xref = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  expect(text.slice(xref, xref + 5)).toBe("xref\n");
  const size = Number(/\/Size (\d+)/.exec(text)?.[1]);
  const table = text.slice(xref).split("\n").slice(2);
  for (let number = 1; number < size; number++) {
    const row = `${table[number]}\n`;
    expect(row).toMatch(/^\d{10} 00000 n \n$/);
    expect(text.slice(Number(row.slice(0, 10)))).toStartWith(`${number} 0 obj\n`);
  }
  for (const [, length, rest] of text.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g))
    expect(rest?.length).toBe(Number(length));
  const texts = [...text.matchAll(/^\((.*)\) Tj T\*$/gm)].map(([, line = ""]) =>
    line.replace(/\\(.)/g, "$1"),
  );
  return { pages: Number(/\/Count (\d+)/.exec(text)?.[1]), texts };
}

test("the PDF is whole, page by page", () => {
  const line = {
    at: "2026-11-01T00:00:00Z",
    kind: "grant",
    requests: 0,
    amount_nanos: "1",
    balance_nanos: "1",
    ...ALONE,
  };
  const entries = Array.from({ length: 150 }, (_, index) => ({ ...line, ref: `(top\\up) ${index}` }));
  const { pages, texts } = readPdf(statementPdf({ ...EMPTY, entries }));
  expect(pages).toBe(3);
  expect(texts.filter((text) => text.includes("(top\\up)"))).toHaveLength(150);
  expect(texts.at(-1)).toBe("a, 2026-11, page 3 of 3");
  expect(readPdf(statementPdf(EMPTY)).pages).toBe(1);
  expect(readPdf(textPdf([["é €"]], "t")).texts).toEqual(["é ?"]);
});
