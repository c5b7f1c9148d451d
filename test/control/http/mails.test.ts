import { afterAll, beforeAll, expect, test } from "bun:test";
import { OPERATOR_AUDIT_ENTRY } from "../../../src/control/contract/audit.ts";
import { STUCK_MAIL } from "../../../src/control/contract/mails.ts";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";
import { until } from "../../support/until.ts";

const LETTER = { to: "ann@example.com", subject: "123456 is your code", text: "123456" };

const sender = { isAway: true, took: [] as unknown[] };
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    if (sender.isAway) return new Response("greylisted", { status: 503 });
    sender.took.push(await request.json());
    return new Response();
  },
});
let world: ConsoleWorld;

beforeAll(async () => {
  world = await startConsoleWorld(undefined, { QUOIN_MAIL_WEBHOOK: `http://127.0.0.1:${server.port}/` });
});
afterAll(async () => {
  await world.close();
  await server.stop(true);
});

const call = (line: string, body?: unknown) => world.console.call(world.operator, line, body);
const stuck = async () =>
  ((await call("GET /operator/mails")).body.items as unknown[]).map((item) => STUCK_MAIL.parse(item));

/** A mail that its sender did not take. */
async function stuckMail() {
  sender.isAway = true;
  await world.gateway.app.control.people.senders.mail(LETTER);
  await until("the first try", async () => (await stuck()).length > 0);
  const [mail] = await stuck();
  if (!mail) throw new Error("no mail is stuck");
  return mail;
}

test("a mail that its sender does not take is shown without what it says, and sent again", async () => {
  const mail = await stuckMail();
  expect(mail).toMatchObject({ to: "ann@example.com", state: "waiting", tries: 1, given_up_at: null });
  expect(mail.error).toContain("503");
  expect(JSON.stringify(mail)).not.toContain("123456");
  sender.isAway = false;
  expect((await call(`POST /operator/mails/${mail.id}/retry`)).status).toBe(200);
  await world.gateway.app.people.mails.sweep();
  expect(sender.took).toMatchObject([LETTER]);
  expect(await stuck()).toEqual([]);
});

test("one that was given up says so, and none is dropped twice", async () => {
  const { id } = await stuckMail();
  await world.gateway.home.mails.giveUp(id, Date.now(), "550 unknown");
  expect(await stuck()).toMatchObject([{ state: "given_up", error: "550 unknown", next_at: null }]);
  expect((await call(`DELETE /operator/mails/${id}`)).body).toEqual({ done: true });
  for (const line of [`DELETE /operator/mails/${id}`, `POST /operator/mails/${id}/retry`])
    expect((await call(line)).status).toBe(404);
  const { body } = await call("GET /operator/audit");
  const rows = (body.items as unknown[]).map((row) => OPERATOR_AUDIT_ENTRY.parse(row));
  expect(rows.slice(0, 2).map(({ action, target }) => [action, target === id])).toEqual([
    ["mails.drop", true],
    ["mails.retry", false],
  ]);
});

test("they are for operators", async () => {
  expect((await world.console.call(world.owner, "GET /operator/mails")).status).toBe(403);
});
