import { expect, test } from "bun:test";
import { signUp } from "../../src/config/schema-sign-up.ts";
import { matchPath } from "../../src/gateway/endpoints.ts";

const takes = (path: string): boolean => signUp.safeParse({ trial: { path, plan: "trial" } }).success;

/** Every word that a path of the gateway's begins with or goes on with. */
const WORDS = [
  ["v1", "v1beta", "v1alpha", "v1beta1", "v2", "api", "claude", "anthropic", "openai", "gemini"],
  ["messages", "count_tokens", "chat", "completions", "responses", "embeddings", "moderations", "images"],
  ["generations", "audio", "speech", "transcriptions", "translations", "tts", "text_to_audio", "models"],
  ["receipts", "publishers", "google", "input_items", "rerank", "some-id"],
].flat();

test("no path that a trial page may have is an endpoint", () => {
  const paths = WORDS.flatMap((one) => [`/${one}`, ...WORDS.map((other) => `/${one}/${other}`)]);
  const endpoints = paths.filter((path) => matchPath(path).endpoint !== undefined);
  expect(endpoints.length).toBeGreaterThan(50);
  expect(endpoints.filter(takes)).toEqual([]);
});

test("nor what else the server answers at", () => {
  for (const path of [
    "/",
    "/console",
    "/console/x",
    "/docs/x",
    "/setup/x",
    "/healthz",
    "/readyz",
    "/api/hello",
  ])
    expect([path, takes(path)]).toEqual([path, false]);
  for (const path of ["/.well-known/x", "//x", "/x/", "x", "/a b", "/%61pi", "/Free", "/webhooks/stripe"])
    expect([path, takes(path)]).toEqual([path, false]);
});

test("what begins like an endpoint and is none is free", () => {
  for (const path of ["/api-key", "/free-key", "/get/a/key", "/v1-key"])
    expect([path, takes(path)]).toEqual([path, true]);
});
