import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHARGE_TOLD, OPERATOR_REQUEST, REQUEST } from "../../../src/control/contract/requests.ts";
import { ACTIVE_ACCOUNTS, OPERATOR_USAGE_OVER, USAGE_OVER } from "../../../src/control/contract/usage.ts";
import { FREE, PLAIN } from "../../support/config.ts";
import { CHAT_NANOS, type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";
import type { Customer } from "../../support/gateway.ts";

let world: ConsoleWorld;
let other: Customer;

beforeAll(async () => {
  world = await startConsoleWorld();
  other = await world.gateway.customer({ account: "other" });
  for (const model of [PLAIN, PLAIN, FREE, "none"]) await world.chat(world.acme.key, model);
  await world.chat(other.key);
  await world.gateway.settled();
  await world.gateway.app.control.flush();
});
afterAll(() => world.close());

const call = (line: string) => world.console.call(world.owner, line);

async function listed(query = "") {
  const { status, body, text } = await call(`GET /accounts/acme/requests${query}`);
  if (status !== 200) throw new Error(text);
  return (body.items as unknown[]).map((item) => REQUEST.parse(item));
}

describe("requests", () => {
  test("an account's own, the newest first, in pages", async () => {
    const all = await listed();
    expect(all.map(({ model }) => model)).toEqual(["none", FREE, PLAIN, PLAIN]);
    expect(all.at(-1)).toMatchObject({ status: 200, outcome: "finished", charge_nanos: String(CHAT_NANOS) });
    expect(all.at(-1)?.usage).toMatchObject({ input: 10, output: 10 });
    const { body } = await call("GET /accounts/acme/requests?limit=2");
    const next = await call(`GET /accounts/acme/requests?limit=2&cursor=${String(body.next_cursor)}`);
    expect([...(body.items as unknown[]), ...(next.body.items as unknown[])]).toEqual(all);
    expect(next.body.next_cursor).toBeNull();
  });

  test("filters narrow the list", async () => {
    const count = async (query: string) => (await listed(`?${query}`)).length;
    expect(await count(`model=${FREE}`)).toBe(1);
    expect(await count("status=2xx")).toBe(3);
    expect(await count("status=5xx")).toBe(0);
    expect(await count(`key_id=${world.acme.keyId}&outcome=finished`)).toBe(3);
    expect(await count(`key_id=${other.keyId}`)).toBe(0);
    expect(await count("to=2001-01-01T00:00:00Z")).toBe(0);
    expect(await count("from=2001-01-01T00:00:00%2B02:00")).toBe(4);
    expect(await count("protocol=gemini")).toBe(0);
    const { body } = await call("GET /accounts/acme/requests?status=2");
    expect(body.error).toMatchObject({ field: "status" });
  });

  test("one, with its receipt; another's is unknown", async () => {
    const [, , request] = await listed();
    const { body } = await call(`GET /accounts/acme/requests/${request?.id}`);
    expect(body).toEqual({ ...request });
    const receipt = await call(`GET /accounts/acme/requests/${request?.id}/receipt`);
    expect(receipt.status).toBe(200);
    expect(receipt.text).toContain(request?.id ?? "");
    const everybodys = await world.console.call(world.operator, "GET /operator/requests");
    const told = (everybodys.body.items as unknown[]).map((item) => OPERATOR_REQUEST.parse(item));
    expect(told.map((row) => row.account_display_name)).toEqual(["other", "acme", "acme", "acme", "acme"]);
    const [foreign] = (await world.gateway.requests(other)).map(({ id }) => id);
    expect((await call(`GET /accounts/acme/requests/${foreign}/receipt`)).status).toBe(404);
  });

  test("how the charge of one was made; another's is unknown", async () => {
    const [, , request] = await listed();
    const { body } = await call(`GET /accounts/acme/requests/${request?.id}/charge`);
    expect(CHARGE_TOLD.parse(body)).toMatchObject({
      charge_nanos: String(CHAT_NANOS),
      multiplier: "1",
      lines: [
        { kind: "input", units: 10, nanos_per_million: "1000000000", amount_nanos: "10000" },
        { kind: "output", units: 10, nanos_per_million: "4000000000", amount_nanos: "40000" },
      ],
    });
    const [unanswered] = await listed("?status=4xx");
    const nothing = await call(`GET /accounts/acme/requests/${unanswered?.id}/charge`);
    expect(nothing.body).toMatchObject({ charge_nanos: "0", multiplier: "1", lines: null });
    const [foreign] = (await world.gateway.requests(other)).map(({ id }) => id);
    expect((await call(`GET /accounts/acme/requests/${foreign}/charge`)).status).toBe(404);
  });

  /** What `caller` is told of requests as they end while others ask, until so many came. */
  async function toldLive(caller: typeof world.owner, path: string, wanted: number) {
    const headers = { "x-test-caller": JSON.stringify(caller) };
    const response = await fetch(`${world.console.url}/console/api/v1${path}`, { headers });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? "";
    await world.chat(other.key);
    await world.chat(world.acme.key, FREE);
    await world.chat(world.acme.key, PLAIN);
    const events = () => [...text.matchAll(/^event: request\nid: (\w+)\ndata: (.*)\n\n/gm)];
    for (let reads = 0; reads < 10 && events().length < wanted; reads++)
      text += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    return events().map(([, id, line = ""]) => ({ id, told: JSON.parse(line) as object }));
  }

  test("live: those of the account, as they end", async () => {
    const events = await toldLive(world.owner, `/accounts/acme/requests/live?model=${PLAIN}`, 1);
    expect(events).toHaveLength(1);
    const [event] = events;
    const mine = { id: event?.id, model: PLAIN, account_id: world.acme.accountId };
    expect(REQUEST.parse(event?.told)).toMatchObject(mine);
  });

  test("live: those of all accounts by name, for operators", async () => {
    const events = await toldLive(world.operator, "/operator/requests/live", 3);
    const rows = events.map(({ told }) => OPERATOR_REQUEST.parse(told));
    expect(rows.map(({ account_display_name: name, model }) => [name, model])).toEqual([
      ["other", PLAIN],
      ["acme", FREE],
      ["acme", PLAIN],
    ]);
  });
});

describe("usage", () => {
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const usage = async (query: string) => {
    const { body } = await call(`GET /accounts/acme/usage?from=${from}&${query}`);
    return USAGE_OVER.parse(body);
  };

  test("sums over time, in groups and in all", async () => {
    await world.gateway.settled();
    await world.gateway.app.control.flush();
    const { totals, groups, items } = await usage(
      "group_by=model&to=2999-01-01T00:00:00Z".replace("2999", "2027"),
    );
    const { body } = await call("GET /accounts/acme/requests");
    const charged = (body.items as { charge_nanos: string }[]).map(({ charge_nanos }) =>
      BigInt(charge_nanos),
    );
    expect(totals.charge_nanos).toBe(String(charged.reduce((sum, each) => sum + each, 0n)));
    expect(totals.requests).toBe(charged.length);
    expect(totals.last_byte_ms.p95).not.toBeNull();
    expect(groups.map(({ group }) => group)).toEqual([PLAIN, FREE, "none"]);
    expect(items.map(({ group }) => group).sort()).toEqual([FREE, "none", PLAIN]);
  });

  test("keys are called by their names", async () => {
    const { groups } = await usage("group_by=key");
    expect(groups).toMatchObject([{ group: world.acme.keyId, label: expect.stringContaining("qn_live_…") }]);
  });

  test("accounts and members are called by their names, too", async () => {
    const line = `GET /operator/usage?from=${from}&group_by=account`;
    const { groups } = OPERATOR_USAGE_OVER.parse((await world.console.call(world.operator, line)).body);
    expect(groups.find(({ group }) => group === world.acme.accountId)?.label).toBe("acme");
    expect((await usage("group_by=user")).groups).toMatchObject([{ group: "", label: "" }]);
  });

  test("active accounts are counted, of no more hours than can be", async () => {
    const line = `GET /operator/usage/accounts?from=${from}`;
    const { body } = await world.console.call(world.operator, line);
    const { total, items } = ACTIVE_ACCOUNTS.parse(body);
    const groups = await world.console.call(
      world.operator,
      `GET /operator/usage?from=${from}&group_by=account`,
    );
    expect(total).toBe(OPERATOR_USAGE_OVER.parse(groups.body).groups.length);
    expect(items.map(({ accounts }) => accounts)).toContain(total);
    expect((await call(line)).status).toBe(403);
    const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const refused = await world.console.call(
      world.operator,
      `GET /operator/usage/accounts?bucket=hour&from=${old}`,
    );
    expect(refused.body.error).toMatchObject({
      field: "from",
      message: expect.stringContaining("more than 48 hours"),
    });
  });

  test("more than one answer holds is refused", async () => {
    for (const query of [
      "bucket=hour&from=2020-01-01T00:00:00Z",
      "from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
    ]) {
      const { status, body } = await call(`GET /accounts/acme/usage?${query}`);
      expect([status, body.error]).toEqual([422, expect.objectContaining({ field: "from" })]);
    }
  });
});

describe("operators", () => {
  const ask = (line: string) => world.console.call(world.operator, line);

  test("see what requests of any account cost them", async () => {
    const { body } = await ask("GET /operator/requests?account=acme");
    const found = (body.items as unknown[]).map((item) => OPERATOR_REQUEST.parse(item));
    // 10 tokens in, 10 out; what declares no cost has none, and neither has what was refused.
    expect(found.slice(-4).map(({ model, cost_nanos }) => [model, cost_nanos])).toEqual([
      ["none", null],
      [FREE, null],
      [PLAIN, "15000"],
      [PLAIN, "15000"],
    ]);
    const [last] = found.slice(-1);
    expect((await ask(`GET /operator/requests/${last?.id}`)).body).toMatchObject({
      cost_nanos: "15000",
      margin_nanos: "35000",
    });
    expect((await ask(`GET /operator/requests/${last?.id}/receipt`)).status).toBe(200);
    const unknown = await ask("GET /operator/requests?account=nobody");
    expect([unknown.status, unknown.body.error]).toMatchObject([422, { field: "account" }]);
  });

  test("see the cost in sums, which customers do not", async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const usage = OPERATOR_USAGE_OVER.parse(
      (await ask(`GET /operator/usage?from=${from}&group_by=account`)).body,
    );
    const { body } = await ask(`GET /operator/usage?from=${from}&to=${usage.to}&group_by=account&items=none`);
    expect(usage.items.length).toBeGreaterThan(0);
    expect(OPERATOR_USAGE_OVER.parse(body)).toEqual({ ...usage, items: [] });
    const other = usage.groups.find(({ label }) => label === "other");
    expect(other?.cost_nanos).toBe(String(15_000 * (other?.requests ?? 0)));
    const sum = usage.groups.reduce((all, { cost_nanos }) => all + BigInt(cost_nanos), 0n);
    expect(usage.totals.cost_nanos).toBe(sum.toString());
    // What declares no cost is charged too, and says nothing of the margin.
    expect(other?.margin_nanos).toBe(String(35_000 * (other?.requests ?? 0)));
    expect((await call(`GET /accounts/acme/usage?from=${from}`)).text).not.toContain("cost");
  });
});
