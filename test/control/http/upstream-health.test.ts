import { afterAll, beforeAll, expect, test } from "bun:test";
import { OPERATOR_MODEL } from "../../../src/control/contract/models.ts";
import { UPSTREAM, UPSTREAM_DETAIL } from "../../../src/control/contract/operator.ts";
import { PLAIN, standardConfig } from "../../support/config.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { json } from "../../support/scripts.ts";

const FAILS = json({ error: { message: "no" } }, 500);
const SERVES = json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });

let upstream: FakeUpstream;
let gateway: TestGateway;
let api: TestConsole;
let acme: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url, { vendors: ["openai"] }) });
  api = startConsole(gateway.app.http);
  acme = await gateway.customer({ account: "acme" });
});
afterAll(async () => {
  await api.close();
  await gateway.close();
  await upstream.close();
});

const call = (line: string) => api.call(userCaller([], true), line);

async function itemOf<Item extends { id: string }>(
  line: string,
  id: string,
  parse: (item: unknown) => Item,
): Promise<Item | undefined> {
  return ((await call(line)).body.items as unknown[]).map(parse).find((item) => item.id === id);
}

const openai = () => itemOf("GET /operator/upstreams", "openai", (item) => UPSTREAM.parse(item));
const plain = () => itemOf("GET /operator/models", PLAIN, (item) => OPERATOR_MODEL.parse(item));

/** A request for each script, one after the other, and their records told. */
async function ask(...scripts: Parameters<FakeUpstream["answer"]>): Promise<void> {
  for (const script of scripts) {
    upstream.answer(script);
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${acme.key}` },
      body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
    });
    await response.text();
  }
  await gateway.settled();
  await gateway.app.control.flush();
}

test("an upstream that nobody asked is not called healthy", async () => {
  expect(await openai()).toMatchObject({ health: "unused", last_hour: { calls: 0, last_failure: null } });
  expect((await plain())?.health).toBe("ok");
});

test("one that fails says so though it does not stand back, and its model with it", async () => {
  await ask(FAILS, FAILS, SERVES, FAILS, FAILS);
  const found = await openai();
  expect(found).toMatchObject({ health: "failing", cooling: 0, last_hour: { calls: 5, failed: 4 } });
  expect(found?.last_hour.last_failure).toMatchObject({ status: 500, reason: "status 500" });
  const detail = UPSTREAM_DETAIL.parse((await call("GET /operator/upstreams/openai")).body);
  expect(detail).toMatchObject({ health: "failing", last_hour: { failed: 4 } });
  const model = await plain();
  expect(model?.health).toBe("down");
  expect(model?.targets).toMatchObject([{ health: "failing", last_hour: { calls: 5, failed: 4 } }]);
});

test("one that stands back says that, and one that serves again is healthy, with what failed", async () => {
  await ask(FAILS);
  expect(await openai()).toMatchObject({ health: "standing_back", cooling: 1 });
  await ask(...Array.from({ length: 10 }, () => SERVES));
  expect(await openai()).toMatchObject({ health: "ok", last_hour: { calls: 16, failed: 5 } });
  expect((await plain())?.health).toBe("ok");
});
