import { afterAll, describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import { discover } from "../../src/config/discover.ts";
import { type LocalServer, probeServer } from "../../src/config/local-servers.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { finderByName } from "../../src/core/model-names.ts";

const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

function serve(answer: (request: Request) => Response | Promise<Response>): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  stops.push(() => void server.stop(true));
  return server.port ?? 0;
}

const server = (id: string, port: number): LocalServer => ({ id, name: id, port });
const settings = { host: "127.0.0.1", port: 8787, discover: "all", region: undefined } as const;
const none: readonly LocalServer[] = [];

describe("vendors by key", () => {
  test("become upstreams with the catalogue's models at list prices", async () => {
    const found = await discover(
      { ANTHROPIC_API_KEY: " sk-ant-1 ", GOOGLE_API_KEY: "AIza" },
      { settings, localServers: none },
    );
    expect(found.upstreams).toMatchObject([
      { id: "anthropic", provider: "anthropic", baseUrl: "https://api.anthropic.com", apiKey: "sk-ant-1" },
      { id: "google", provider: "google", apiKey: "AIza", protocols: ["gemini"] },
    ]);
    const model = found.models.find(({ id }) => id === "claude-haiku-4-5");
    expect(model?.targets).toEqual([
      { upstream: "anthropic", model: "claude-haiku-4-5", weight: 1, order: 1 },
    ]);
    expect(model?.price.input).toBe(1_000_000_000n);
    expect(found.notes.join()).not.toMatch(/sk-ant|AIza/);
  });

  test("follow the vendor's own variable for the address", async () => {
    const env = {
      OPENAI_API_KEY: "k",
      OPENAI_BASE_URL: "https://proxy.example/v1/",
      GEMINI_API_KEY: "k",
      GOOGLE_GEMINI_BASE_URL: "https://proxy.example/gemini",
    };
    const { upstreams } = await discover(env, { settings, localServers: none });
    expect(upstreams.map(({ baseUrl }) => baseUrl)).toEqual([
      "https://proxy.example/v1",
      "https://proxy.example/gemini/v1beta",
    ]);
  });

  test.each([
    "http://127.0.0.1:8787",
    "http://localhost:8787/v1",
    "http://[::1]:8787",
    "http://127.9.9.9:8787/",
    "http://0.0.0.0:8787",
    "https://api.mine.example/api",
  ])("unless it leads back here: %s", async (address) => {
    const env = { ANTHROPIC_API_KEY: "sk-ant-real", ANTHROPIC_BASE_URL: address };
    const { upstreams } = await discover(env, {
      settings,
      localServers: none,
      ownHosts: ["api.mine.example"],
    });
    expect(upstreams.map(({ baseUrl }) => baseUrl)).toEqual(["https://api.anthropic.com"]);
  });

  test("nor to this machine by its name, where it listens to the network", async () => {
    const env = { OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: `http://${hostname()}:8787/v1` };
    const { upstreams } = await discover(env, {
      settings: { ...settings, host: "0.0.0.0" },
      localServers: none,
    });
    expect(upstreams[0]?.baseUrl).toBe("https://api.openai.com/v1");
  });

  test("an address that cannot be used leaves the vendor out, rather than sending its key elsewhere", async () => {
    for (const address of ["localhost:1", "not an address", "ftp://x"]) {
      const found = await discover(
        { OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: address },
        { settings, localServers: none },
      );
      expect(found.upstreams[0]?.id).toBe("demo");
      expect(found.notes[0]).toStartWith("OPENAI_API_KEY: not used. OPENAI_BASE_URL is not");
    }
  });

  test("a key of ours is not shown to a vendor", async () => {
    const env = { ANTHROPIC_API_KEY: "qn_live_abc", OPENAI_API_KEY: "a b" };
    const found = await discover(env, { settings, localServers: none, ownKeyPrefixes: ["qn_live_"] });
    expect(found.upstreams[0]?.id).toBe("demo");
    expect(found.notes.join()).not.toContain("abc");
  });
});

describe("servers on this machine", () => {
  test("are found by their model lists, free of charge", async () => {
    const list = {
      data: [
        { id: "llama3.2:latest" },
        { id: "nomic-embed" },
        { id: "big", max_model_len: 4096 },
        { id: 7 },
        { id: "a b" },
      ],
    };
    const asked: string[] = [];
    const port = serve((request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return Response.json(list);
    });
    const found = await discover({}, { settings, localServers: [server("ollama", port)] });
    expect(asked).toEqual(["GET /v1/models"]);
    expect(found.upstreams).toMatchObject([
      { id: "ollama", provider: "openai-compatible", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: "" },
    ]);
    expect(found.models.map(({ id, category }) => [id, category])).toEqual([
      ["llama3.2:latest", "llm"],
      ["nomic-embed", "embedding"],
      ["big", "llm"],
    ]);
    expect(found.models[0]).toMatchObject({ aliases: ["llama3.2"], price: { input: 0n, output: 0n } });
    expect(found.models[2]).toMatchObject({ contextTokens: 4096, outputTokensMax: 4096 });
  });

  test("the first of two models of one name keeps it", async () => {
    const one = serve(() => Response.json({ data: [{ id: "m:latest" }, { id: "n" }] }));
    const two = serve(() => Response.json({ data: [{ id: "n" }, { id: "m" }, { id: "n" }] }));
    const found = await discover(
      {},
      { settings, localServers: [server("vllm", one), server("lm-studio", two)] },
    );
    expect(
      found.models.map(({ id, aliases, targets }) => [id, aliases, targets[0]?.upstream, targets[0]?.model]),
    ).toEqual([
      ["m:latest", ["m"], "vllm", "m:latest"],
      ["n", [], "vllm", "n"],
      ["lm-studio/n", [], "lm-studio", "n"],
      ["lm-studio/m", [], "lm-studio", "m"],
    ]);
  });

  test("a model named by its file gets a short name", async () => {
    const port = serve(() =>
      Response.json({ data: [{ id: "/models/gemma-3.gguf", meta: { n_ctx_train: 8192 } }] }),
    );
    const { models } = await discover({}, { settings, localServers: [server("llama-cpp", port)] });
    expect(models[0]).toMatchObject({
      id: "gemma-3",
      contextTokens: 8192,
      targets: [{ model: "/models/gemma-3.gguf" }],
    });
  });

  test("whatever else answers is let be", async () => {
    const asked: string[] = [];
    const elsewhere = serve((request) => {
      asked.push(request.url);
      return Response.json({ data: [{ id: "x" }] });
    });
    const answers = [
      () => new Response("<html>"),
      () => Response.json({ error: "no" }, { status: 401 }),
      () => Response.json([]),
      () => Response.json({ data: [] }),
      () => Response.json(null),
      () => Response.redirect(`http://127.0.0.1:${elsewhere}/v1/models`),
      () => new Response(`{"data":[{"id":"x"}],"pad":"${"x".repeat(1024 * 1024)}"}`),
    ];
    const ports = answers.map((answer) => serve(answer));
    const found = await Promise.all(ports.map((port) => probeServer(port, 5000)));
    expect(found).toEqual(answers.map(() => undefined));
    expect(asked).toEqual([]);
  });

  test("one that never answers, or never ends, is given up", async () => {
    const silent = serve(() => new Promise<Response>(() => {}));
    const endless = serve(
      () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) })),
    );
    expect(await Promise.all([probeServer(silent, 20), probeServer(endless, 20)])).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("a port where nothing listens is no error", async () => {
    const gone = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const port = gone.port ?? 0;
    await gone.stop(true);
    expect(await probeServer(port, 5000)).toBeUndefined();
  });

  test("a proxy in the environment sees nothing of it", async () => {
    const seen: string[] = [];
    const proxy = serve((request) => {
      seen.push(request.url);
      return Response.json({ data: [{ id: "from-proxy" }] });
    });
    const port = serve(() => Response.json({ data: [{ id: "direct" }] }));
    const kept = { HTTP_PROXY: process.env.HTTP_PROXY, http_proxy: process.env.http_proxy };
    try {
      process.env.HTTP_PROXY = process.env.http_proxy = `http://127.0.0.1:${proxy}`;
      expect(await probeServer(port, 5000)).toEqual([{ id: "direct", contextTokens: undefined }]);
    } finally {
      for (const [name, value] of Object.entries(kept)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(seen).toEqual([]);
  });

  test("our own port and a discovery that is off are not probed", async () => {
    const asked: string[] = [];
    const port = serve((request) => {
      asked.push(request.url);
      return Response.json({ data: [{ id: "x" }] });
    });
    const localServers = [server("vllm", port)];
    await discover({}, { settings: { ...settings, port }, localServers });
    await discover({}, { settings: { ...settings, discover: "env" }, localServers });
    const off = await discover(
      { OPENAI_API_KEY: "k" },
      { settings: { ...settings, discover: "off" }, localServers },
    );
    expect(off.upstreams.map(({ id }) => id)).toEqual(["demo"]);
    expect(asked).toEqual([]);
  });
});

/** What agents send when no model was named (in runs of their newest versions), and what their manuals name. */
const AGENTS_DEFAULTS = [
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-8",
  "claude-opus-4-6",
  "claude-sonnet-4-5",
  "claude-haiku-4-5-20251001",
  "gpt-6.1-sol",
  "gpt-5.6-sol",
  "gpt-5.2-codex",
  "gpt-5",
  "gpt-4o-mini",
  "gemini-3.8-flash",
  "gemini-3.5-flash-lite",
  "gemini-3.1-pro-preview",
  "gemini-3-pro-preview",
  "gemini-2.5-pro",
  "qwen3-coder-plus",
  "kimi-k2",
];

describe("resolveConfig", () => {
  const options = { file: "quoin.yaml", env: {}, settings, localServers: none };

  test("with nothing around, the demo answers under the names that agents and snippets use", async () => {
    const { config } = await resolveConfig(undefined, options);
    expect(config.upstreams).toMatchObject([{ id: "demo", provider: "demo" }]);
    expect(config.models.map(({ id }) => id)).toEqual([
      "demo",
      "demo-embedding",
      "demo-speech",
      "demo-transcription",
      "demo-moderation",
      "demo-rerank",
      "demo-image",
    ]);
    const find = finderByName(config.models);
    expect(find("gpt-4o-mini-tts")?.id).toBe("demo-speech");
    expect(find("whisper-1")?.id).toBe("demo-transcription");
    expect(AGENTS_DEFAULTS.filter((name) => find(name)?.id !== "demo")).toEqual([]);
    expect(find("no-such-model")).toBeUndefined();
    expect(config.plans[0]?.keyPrefix).toBe("qn_live_");
  });

  test("a file with upstreams is all there is", async () => {
    const text = "upstreams: [{ id: d, provider: demo }]";
    const { config, found } = await resolveConfig(text, { ...options, env: { OPENAI_API_KEY: "k" } });
    expect(config.upstreams.map(({ id }) => id)).toEqual(["d"]);
    expect(found).toBeUndefined();
  });

  test("a file without upstreams may use discovered ones, and its models win", async () => {
    const text = `models:
  - id: gpt-4o
    price: { input: "9", output: "9" }
    targets: [{ upstream: openai }]
  - { id: best, aliases: [gpt-5], targets: [{ upstream: openai, model: gpt-5 }] }
plans: [{ id: p, key_prefix: p_, models: [gpt-5, gpt-4.1] }]
`;
    const { config } = await resolveConfig(text, { ...options, env: { OPENAI_API_KEY: "k" } });
    const named = (name: string) =>
      config.models.filter(({ id, aliases }) => id === name || aliases.includes(name));
    expect(named("gpt-4o").map(({ price }) => price.input)).toEqual([9_000_000_000n]);
    expect(named("gpt-5").map(({ id }) => id)).toEqual(["best"]);
    expect(named("gpt-4.1")).toHaveLength(1);
    expect(config.plans[0]?.models).toEqual(["best", "gpt-4.1"]);
  });

  test("the file's hosts and prefixes are known as our own", async () => {
    const text = "hosts: [{ host: api.mine.example }]\nplans: [{ id: p, key_prefix: acme_ }]\n";
    const env = {
      ANTHROPIC_API_KEY: "k",
      ANTHROPIC_BASE_URL: "https://api.mine.example",
      OPENAI_API_KEY: "acme_1",
    };
    const { config } = await resolveConfig(text, { ...options, env });
    expect(config.upstreams.map(({ id, baseUrl }) => [id, baseUrl])).toEqual([
      ["anthropic", "https://api.anthropic.com"],
    ]);
  });

  test("what was found before is used again", async () => {
    const { found } = await resolveConfig(undefined, options);
    const { config } = await resolveConfig("models: []", { ...options, env: { OPENAI_API_KEY: "k" }, found });
    expect(config.upstreams.map(({ id }) => id)).toEqual(["demo"]);
  });

  test("a region that the file does not name stops the start", async () => {
    const wrong = resolveConfig("regions: [{ id: eu }]", {
      ...options,
      settings: { ...settings, region: "us" },
    });
    await expect(wrong).rejects.toThrow('quoin.yaml: regions: QUOIN_REGION is "us"; set it to one of eu');
  });
});
