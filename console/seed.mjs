// Fills a running gateway with a person, an organisation, keys and requests, through its own doors:
//   node console/seed.mjs URL STATE_FILE
// The gateway needs QUOIN_OUTBOX=open, `signup: { mode: open, credit: "25.00" }`, and the demo upstream. STATE_FILE gets the
// session for console/shots.mjs. Prints the account's name.
import { writeFileSync } from "node:fs";
import { newCaller } from "./caller.mjs";

const [url, stateFile] = process.argv.slice(2);
if (!url || !stateFile) throw new Error("usage: seed.mjs URL STATE_FILE");

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";
const REQUESTS = 60;
const { call, state } = newCaller(url);

async function signUp() {
  const asked = await call("POST", "/auth/sign-up", {
    email: EMAIL,
    password: PASSWORD,
    display_name: "Ada Lovelace",
  });
  if (asked.status === "signed_in") return asked.me;
  const { items } = await call("GET", "/dev/outbox");
  const code = /\b(\d{6})\b/.exec(items[0].text)[1];
  return (await call("POST", "/auth/email/verify", { challenge: asked.challenge, code })).me;
}

const PROTOCOLS = [
  (key, model, text) => [
    "/v1/chat/completions",
    { authorization: `Bearer ${key}` },
    { model, messages: [{ role: "user", content: text }], stream: true },
  ],
  (key, model, text) => [
    "/v1/messages",
    { "x-api-key": key, "anthropic-version": "2023-06-01" },
    { model, max_tokens: 500, messages: [{ role: "user", content: text }] },
  ],
  (key, model, text) => ["/v1/responses", { authorization: `Bearer ${key}` }, { model, input: text }],
];
const CLIENTS = [
  "claude-cli/2.1.329 (external, cli)",
  "codex_cli_rs/0.169.0",
  "OpenAI/Python 2.8.0",
  "opencode/1.18.33",
];

async function ask(key, models, index) {
  const model = index % 17 === 0 ? "no-such-model" : models[index % models.length];
  const text = `Tell me about cornerstones, number ${index}. `.repeat(1 + ((index * 7) % 40));
  const [path, headers, body] = PROTOCOLS[index % PROTOCOLS.length](key, model, text);
  const sent = {
    ...headers,
    "content-type": "application/json",
    "user-agent": CLIENTS[index % CLIENTS.length],
  };
  const answer = await fetch(url + path, { method: "POST", headers: sent, body: JSON.stringify(body) });
  await answer.text();
}

const me = await signUp();
const account = me.accounts[0].name;
await call("PATCH", `/accounts/${account}`, { display_name: "Analytical Engines" });
const keys = [];
for (const [name, extra] of [
  ["Laptop", { project: "research" }],
  [
    "CI",
    {
      project: "website",
      limits: { requests_per_minute: 60, concurrency: 4 },
      expires_at: "2027-06-30T00:00:00Z",
    },
  ],
  ["Cursor", { networks: ["127.0.0.1"] }],
]) {
  keys.push((await call("POST", `/accounts/${account}/keys`, { name, ...extra })).key);
}
await call("POST", `/accounts/${account}/invitations`, { email: "charles@example.com", role: "developer" });
const { items } = await call("GET", `/accounts/${account}/models`);
const models = items.filter(({ endpoints }) => endpoints.includes("chat")).map(({ id }) => id);
for (let index = 0; index < REQUESTS; index++) await ask(keys[index % keys.length], models, index);

writeFileSync(stateFile, JSON.stringify(state()));
process.stdout.write(`${account}\n`);
