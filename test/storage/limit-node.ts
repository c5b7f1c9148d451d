/**
 * A node that takes every place at a gate and keeps it, until it is killed:
 * `bun test/storage/limit-node.ts REDIS_URL SCOPE PLACES TTL_MS`. Says `held` when it has them.
 */
import { connectRedis } from "../../src/storage/redis/connection.ts";
import { nodeOver } from "../support/limit-store.ts";

const [url = "", scope = "", places = "0", ttlMs = "0"] = process.argv.slice(2);
const redis = connectRedis(url, (_, message) => console.error(message), { answerMs: 10_000 });
const store = nodeOver(redis, { permitTtlMs: Number(ttlMs) });
const gates = [{ name: "gate", max: Number(places) }];
const permits = Array.from({ length: Number(places) }, (_, place) => ({
  scope,
  permitId: `of the node ${place}`,
  gates,
}));
for (const permit of permits) await store.acquire({ ...permit, windows: [] });
setInterval(() => void store.renew(permits), Number(ttlMs) / 3);
console.log("held");
