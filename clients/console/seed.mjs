// An operator who owns an organisation with keys, a member to come and requests, made through the API.
import { newCaller } from "../../console/caller.mjs";
import { codeTo, PASSWORD, URL_OF } from "./browser.mjs";

const EMAIL = "grace@example.com";
const CLIENTS = ["claude-cli/2.1.329 (external, cli)", "codex_cli_rs/0.169.0", "OpenAI/Python 2.8.0"];
const REQUESTS = 24;

async function ask(key, index) {
  const model = index % 8 === 7 ? "no-such-model" : index % 2 ? "corner-large" : "corner-small";
  const content = `Tell me about cornerstones, number ${index}. `.repeat(1 + (index % 5) * 6);
  const answer = await fetch(`${URL_OF}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "user-agent": CLIENTS[index % CLIENTS.length],
    },
    body: JSON.stringify({
      model,
      max_tokens: 300,
      stream: index % 3 === 0,
      messages: [{ role: "user", content }],
    }),
  });
  await answer.text();
}

/** @returns what the walks need: a browser's state, the names in paths, an organisation without anything */
export async function seed() {
  const claim = (process.env.QUOIN_TEST_CLAIM ?? "").split("#")[1];
  const { call, state } = newCaller(URL_OF);
  const fields = { email: EMAIL, password: PASSWORD, display_name: "Grace Hopper", claim };
  let signed = await call("POST", "/auth/sign-up", fields);
  if (signed.status !== "signed_in")
    signed = await call("POST", "/auth/email/verify", {
      challenge: signed.challenge,
      code: await codeTo(EMAIL),
    });
  const account = signed.me.accounts[0];
  const at = `/accounts/${account.name}`;
  await call("POST", `${at}/wallet/redeem`, { code: process.env.QUOIN_TEST_CODE });
  const keys = [];
  for (const more of [
    { name: "Laptop", project: "research" },
    { name: "CI", limits: { concurrency: 4 } },
  ])
    keys.push((await call("POST", `${at}/keys`, more)).key);
  await call("POST", `${at}/invitations`, { email: "charles@example.com", role: "developer" });
  for (let index = 0; index < REQUESTS; index++) await ask(keys[index % keys.length], index);
  let request;
  for (let tries = 0; tries < 100 && !request; tries++)
    request = (await call("GET", `${at}/requests?limit=20&status=2xx`)).items[0];
  const bare = await call("POST", "/me/accounts", { display_name: "Nothing Yet" });
  return {
    state: state(),
    names: { account: account.name, accountId: account.id, request: request.id },
    bare: bare.name,
  };
}

/** A route with the names of what was seeded. */
export const filled = (route, names) => route.replaceAll(/\{(\w+)\}/g, (_, name) => names[name]);
