import { expect } from "bun:test";
import { join } from "node:path";
import { readJournal } from "../../src/storage/sqlite/journal.ts";
import { PLAIN, standardConfig } from "./config.ts";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.ts";
import { type Customer, type RequestView, startGateway, type TestGateway } from "./gateway.ts";
import { SAMPLES } from "./streams.ts";

export const CHAT = SAMPLES["openai-chat"](PLAIN, "\n");
/** Input 200, cached 15,104, audio input 1, output 47, reasoning 40, audio output 2 at the standard price. */
export const CHAT_NANOS = 200n * 1_000n + 15_104n * 100n + 1n * 1_000n + (47n + 40n + 2n) * 4_000n;

export const chatBody = (model = PLAIN, more = "") =>
  `{"model":"${model}","messages":[{"role":"user","content":"hello"}],"max_tokens":100${more}}`;
export const STREAM = ',"stream":true,"stream_options":{"include_usage":true}';

/** What a customer is given unless a test says otherwise. */
const GRANTED_NANOS = 10_000_000_000n;

/** A gateway over two upstreams that may be silent for 400 ms, and what its ledger says. */
export interface MoneyBench {
  readonly upstream: FakeUpstream;
  readonly second: FakeUpstream;
  readonly gateway: TestGateway;
  ask(customer: Customer, body: string, path?: string): Promise<Response>;
  spent(customer: Customer): bigint;
  held(customer: Customer): bigint;
  /** The only request of this customer, when nothing runs and nothing is held any more. */
  only(customer: Customer): Promise<RequestView>;
  /** What is durable on the disk about a customer's charges, read past the running process. */
  durableNanos(customer: Customer): bigint[];
  reset(): void;
  close(): Promise<void>;
}

function durableIn(gateway: TestGateway, customer: Customer): bigint[] {
  const lines = readJournal(join(gateway.home.folder, "journal"));
  const rows = lines.flatMap((line) => JSON.parse(line) as unknown[][]);
  const inJournal = rows.filter((row) => row[3] === customer.walletId).map((row) => BigInt(String(row[6])));
  if (inJournal.length > 0) return inJournal;
  return gateway.home.db
    .query<{ amount: bigint }, [Uint8Array]>("SELECT amount FROM charge WHERE wallet_id = ?")
    .all(Uint8Array.fromHex(customer.walletId))
    .map(({ amount }) => amount);
}

export async function startMoneyBench(): Promise<MoneyBench> {
  const upstream = await startFakeUpstream();
  const second = await startFakeUpstream();
  const timeouts = { first_byte_ms: 400, idle_ms: 400 };
  const gateway = await startGateway({
    config: standardConfig(upstream.url, { second: second.url, timeouts }),
  });
  const held = (customer: Customer) => gateway.app.gateway.ledger.heldNanos(customer.walletId);
  const spent = (customer: Customer) => GRANTED_NANOS - gateway.balanceNanos(customer);
  return {
    upstream,
    second,
    gateway,
    ask: (customer, body, path = "/v1/chat/completions") =>
      fetch(gateway.url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${customer.key}` },
        body,
      }),
    spent,
    held,
    async only(customer) {
      const [request, ...others] = await gateway.requests(customer);
      if (!request || others.length > 0)
        throw new Error(`${others.length + (request ? 1 : 0)} requests, not one`);
      expect(held(customer)).toBe(0n);
      expect(spent(customer)).toBe(BigInt(request.charge_nanos));
      return request;
    },
    durableNanos: (customer) => durableIn(gateway, customer),
    reset() {
      upstream.reset();
      second.reset();
      gateway.forgiveTargets();
    },
    async close() {
      await gateway.close();
      await upstream.close();
      await second.close();
    },
  };
}
