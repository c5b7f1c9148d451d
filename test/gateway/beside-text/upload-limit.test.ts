/** Forms at the size that is allowed unless an operator says otherwise: 25 MB. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { FORM_TYPE, formOf, sideConfig } from "../../support/beside-text.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { rawClient } from "../../support/raw-client.ts";
import { type SlowUpstream, startSlowUpstream } from "../../support/slow-upstream.ts";
import { until } from "../../support/until.ts";

const BYTES_MAX = 25 * 1024 * 1024;
const OPENING_NANOS = 10_000_000_000n;
/** Thirty seconds, as the upstream says. */
const CHARGE_NANOS = 3_000_000n;
const PATH = "/v1/audio/transcriptions";
const TOLD = {
  error: {
    code: "request_entity_too_large",
    message: "The request body is larger than the 25 MiB allowed here; send less.",
    param: null,
    type: "invalid_request_error",
  },
};

let upstream: SlowUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startSlowUpstream();
  gateway = await startGateway({ config: sideConfig(upstream.url) });
  customer = await gateway.customer();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** A form of this size. */
function formOfBytes(bytes: number): Uint8Array<ArrayBuffer> {
  const pieces = (file: string | Uint8Array) =>
    formOf([
      ["model", "ear"],
      ["file", file, "a.wav"],
    ]);
  return Uint8Array.from(pieces(new Uint8Array(bytes - pieces("").length)));
}

const send = (body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) =>
  fetch(gateway.url + PATH, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, "content-type": FORM_TYPE },
    body,
  });

async function expectCharged(nanos: bigint): Promise<void> {
  await gateway.settled();
  expect(gateway.balanceNanos(customer)).toBe(OPENING_NANOS - nanos);
}

test("the last byte that is allowed, and one more by what its length says or as it comes", async () => {
  const exact = formOfBytes(BYTES_MAX);
  expect(exact.length).toBe(BYTES_MAX);
  expect(await (await send(exact)).json()).toMatchObject({ text: "hi" });
  expect(upstream.whole()).toBe(1);
  await expectCharged(CHARGE_NANOS);

  const over = formOfBytes(BYTES_MAX + 1);
  for (const body of [over, new Blob([over]).stream()]) {
    const response = await send(body);
    expect([response.status, await response.json()]).toEqual([413, TOLD]);
  }
  expect(upstream.whole()).toBe(1);
  await expectCharged(CHARGE_NANOS);
});

test("one that is cut a byte before its end never becomes whole upstream, and costs nothing", async () => {
  const opening = OPENING_NANOS - gateway.balanceNanos(customer);
  const [whole, received] = [upstream.whole(), upstream.received()];
  const form = formOfBytes(BYTES_MAX);
  const client = await rawClient(gateway.port);
  client.send(
    `POST ${PATH} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${customer.key}\r\ncontent-type: ${FORM_TYPE}\r\ncontent-length: ${form.length}\r\n\r\n`,
  );
  client.send(form.subarray(0, -1));
  await until("most of it being upstream", () => upstream.received() - received > BYTES_MAX * 0.9, 10_000);
  client.kill();
  await until("the upstream being let go", () => upstream.open() === 0);
  await expectCharged(opening);
  expect(upstream.whole()).toBe(whole);
  expect((await gateway.requests(customer))[0]).toMatchObject({ status: 499, charge_nanos: "0" });
});
