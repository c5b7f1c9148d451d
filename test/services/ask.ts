import { expect } from "bun:test";
import type { TestGateway } from "../support/gateway.ts";
import type { World } from "./world.ts";

export interface Ask {
  readonly path: string;
  /** Absent: none is sent. */
  readonly key?: string | undefined;
  /** Which way the key travels; Bearer unless said. */
  readonly auth?: "bearer" | "x-api-key" | "x-goog-api-key";
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is an object, `{}` otherwise. */
  readonly json: Readonly<Record<string, unknown>>;
  /** `error` of the body. */
  readonly error: Readonly<Record<string, unknown>>;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(text: string): Record<string, unknown> {
  return text.startsWith("{") ? asRecord(JSON.parse(text)) : {};
}

/** One request as a client sends it; POST with JSON where there is a body. */
export async function ask(
  { url }: Pick<TestGateway, "url">,
  { path, key, auth = "bearer", ...rest }: Ask,
): Promise<Got> {
  const { body, method = body === undefined ? "GET" : "POST", headers } = rest;
  const credential: Record<string, string> =
    key === undefined ? {} : auth === "bearer" ? { authorization: `Bearer ${key}` } : { [auth]: key };
  const response = await fetch(url + path, {
    method,
    redirect: "manual",
    headers: { ...credential, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = parsed(text);
  return { status: response.status, headers: response.headers, text, json, error: asRecord(json.error) };
}

export const user = (content: string) => [{ role: "user", content }];

/** A body of Messages or of Chat Completions: what both take. */
export const chatBody = (model: string, more: object = {}) => ({
  model,
  max_tokens: 256,
  messages: user("Hello"),
  ...more,
});

/** A request with a key of a new account. */
export async function askAs(world: World, plan: string | undefined, question: Ask): Promise<Got> {
  const { key } = await world.customer(plan);
  return await ask(world.gateway, { key, ...question });
}

/** A list's ids at `GET /v1/models`. */
export async function listedModels(world: World): Promise<string[]> {
  const { json } = await askAs(world, undefined, { path: "/v1/models" });
  return (json.data as { id: string }[]).map(({ id }) => id);
}

export function expectStatus(got: Got, status: number): void {
  expect(`${got.status} ${got.text.slice(0, 200)}`).toStartWith(`${status} `);
}

/** Status, and what `error` holds; the rest of it is free. */
export function expectRefusal(got: Got, status: number, error: object): void {
  expectStatus(got, status);
  expect(got.error).toMatchObject(error);
}

/** Asks until the limit is reached: exactly `limit` are served, and the next is not. */
export async function expectLimit(
  world: World,
  plan: string | undefined,
  limit: number,
  question: Ask,
): Promise<Got> {
  const { key } = await world.customer(plan);
  for (let sent = 0; sent < limit; sent++) {
    const served = await ask(world.gateway, { key, ...question });
    if (served.status !== 200)
      throw new Error(`request ${sent + 1} of ${limit}: ${served.status} ${served.text}`);
  }
  const refused = await ask(world.gateway, { key, ...question });
  expectStatus(refused, 429);
  return refused;
}
