/** Requests that build on an earlier answer (Responses): whose it is, and where it lies. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PLAIN, standardConfig, TWICE } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { newFolder } from "../support/folder.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let first: FakeUpstream;
let second: FakeUpstream;
let folder: ReturnType<typeof newFolder>;
let gateway: TestGateway;
let customer: Customer;

const SECOND_ONLY = "second-only";

/** Chance prefers the first of `TWICE`'s two targets a thousand to one. */
function config(): object {
  const standard = standardConfig(first.url, { second: second.url }) as { models: object[] };
  const price = { input: "1", output: "1" };
  return {
    ...standard,
    models: [...standard.models, { id: SECOND_ONLY, price, targets: [{ upstream: "openai-2" }] }],
  };
}

beforeAll(async () => {
  first = await startFakeUpstream();
  second = await startFakeUpstream();
  folder = newFolder();
  gateway = await startGateway({ config: config(), env: { QUOIN_HOME: join(folder.path, "home") } });
  customer = await gateway.customer();
});
afterEach(() => {
  first.reset();
  second.reset();
});
afterAll(async () => {
  await gateway.close();
  await first.close();
  await second.close();
  folder.remove();
});

function ask(key: string, more: object, at = gateway): Promise<Response> {
  return fetch(`${at.url}/v1/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: TWICE, input: "x", ...more }),
  });
}

async function messageOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { message: string } };
  return `${response.status} ${error.message}`;
}

const answer = (id: string) => json({ id, output: [], usage: { input_tokens: 1, output_tokens: 1 } });

/** An answer that only the second upstream has. */
async function givenBySecond(id: string): Promise<void> {
  second.answer(answer(id));
  expect((await ask(customer.key, { model: SECOND_ONLY })).status).toBe(200);
  first.otherwise(answer("resp_of_first"));
  second.otherwise(answer("resp_of_second"));
}

const unknown = (id: string) =>
  `400 previous_response_id: there is no response "${id}" of this account; send the whole input.`;

describe("an answer is built on", () => {
  test("by the account that was given it, and by no other", async () => {
    await givenBySecond("resp_mine");
    const other = await gateway.customer();
    const sentBefore = first.seen.length + second.seen.length;
    for (const id of ["resp_mine", "resp_nobody", ""]) {
      expect(await messageOf(await ask(other.key, { previous_response_id: id }))).toBe(unknown(id));
    }
    // Nobody learns whether an id exists, and a second try does not get through either.
    expect(await messageOf(await ask(other.key, { previous_response_id: "resp_mine" }))).toBe(
      unknown("resp_mine"),
    );
    expect(first.seen.length + second.seen.length).toBe(sentBefore);
    expect((await ask(customer.key, { previous_response_id: "resp_mine" })).status).toBe(200);
    expect((await ask(customer.key, { previous_response_id: null })).status).toBe(200);
  });

  test("at the upstream that gave it, by any of its models, whatever weights say, and at no other when that fails", async () => {
    await givenBySecond("resp_there");
    const before = first.seen.length;
    for (let round = 0; round < 5; round++) {
      expect((await ask(customer.key, { previous_response_id: "resp_there" })).status).toBe(200);
    }
    second.answer(json({ error: { message: "down" } }, 503));
    expect((await ask(customer.key, { previous_response_id: "resp_there" })).status).toBe(503);
    expect(first.seen.length).toBe(before);
  });

  test("by a model that is only elsewhere: it is told the whole conversation", async () => {
    await givenBySecond("resp_far");
    const response = await ask(customer.key, { model: PLAIN, previous_response_id: "resp_far" });
    expect(response.status).toBe(200);
    await response.text();
    const sent = JSON.parse(new TextDecoder().decode(first.last().body)) as { input: object[] };
    const asked = { type: "message", role: "user", content: [{ type: "input_text", text: "x" }] };
    expect(sent).toMatchObject({ model: PLAIN, input: [asked, asked] });
    expect(sent).not.toHaveProperty("previous_response_id");
  });

  test("after the history forgot it in a crash: the journal has it", async () => {
    await givenBySecond("resp_durable");
    const home = join(folder.path, "after-crash");
    cpSync(gateway.home.folder, home, { recursive: true });
    rmSync(join(home, "history"), { recursive: true });
    const again = await startGateway({ config: config(), env: { QUOIN_HOME: home } });
    const before = first.seen.length;
    expect((await ask(customer.key, { previous_response_id: "resp_durable" }, again)).status).toBe(200);
    expect(first.seen.length).toBe(before);
    const records = await again.requests(customer);
    expect(records.find(({ answer_id }) => answer_id === "resp_durable")).toMatchObject({
      protocol: "openai-responses",
      notes: ["rebuilt from its charge after a crash"],
    });
    await again.close();
  });
});
