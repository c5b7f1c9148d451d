import { afterAll, beforeAll, expect, test } from "bun:test";
import { ROOT } from "../tidy/source-tree.ts";
import { ALL_INSTALLED, type FakeRoot, makeFakeRoot } from "./fake-root.ts";

const MAIN = `
import { endWithParent } from "${ROOT}/src/base/parent-watch.ts";
const [command, value] = process.argv.slice(2);
if (command === "say") {
  const { BUN_CONFIG_MAX_HTTP_REQUESTS: requests, QUOIN_PARENT_FD: parent } = process.env;
  console.log(JSON.stringify({ argv: process.argv.slice(3), bun: Bun.version, requests, parent }));
  console.error("on stderr");
}
if (command === "exit") process.exit(Number(value));
if (command === "die") process.kill(process.pid, value);
if (command === "short") endWithParent(() => process.exit(9));
if (command === "serve") {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("here") });
  endWithParent(() => process.exit(8));
  if (process.env.QUOIN_PARENT_FD !== undefined) console.error("the variable is still there");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => { console.log(signal); process.exit(7); });
  }
  console.log(server.port);
}
`;

let root: FakeRoot;
beforeAll(() => {
  root = makeFakeRoot(MAIN);
  root.layInstalled(ALL_INSTALLED);
});
afterAll(() => root.remove());

test("arguments, streams and the environment reach Bun", async () => {
  const ended = await root.run("bin/quoin.js", ["say", "--json", "a b", "--help"]);
  expect(ended).toMatchObject({ code: 0, err: "on stderr\n" });
  expect(JSON.parse(ended.out)).toEqual({
    argv: ["--json", "a b", "--help"],
    bun: Bun.version,
    requests: "65336",
    parent: "3",
  });
});

test("the operator's own number of requests to upstreams stays", async () => {
  const ended = await root.run("bin/quoin.js", ["say"], { BUN_CONFIG_MAX_HTTP_REQUESTS: "1000" });
  expect(JSON.parse(ended.out).requests).toBe("1000");
});

test("another file of the repository runs the same way", async () => {
  expect(await root.run("bin/run.js", ["src/main.ts", "exit", "6"])).toMatchObject({ code: 6 });
  expect(await root.run("bin/run.js", ["src/none.ts"])).toMatchObject({
    code: 1,
    err: "quoin: There is no file src/none.ts.\n",
  });
});

test("the end is mirrored: exit code or signal", async () => {
  expect(await root.run("bin/quoin.js", ["exit", "0"])).toMatchObject({ code: 0, signal: null });
  expect(await root.run("bin/quoin.js", ["exit", "5"])).toMatchObject({ code: 5, signal: null });
  expect(await root.run("bin/quoin.js", ["die", "SIGKILL"])).toMatchObject({ signal: "SIGKILL" });
});

test("watching the launcher keeps no command alive", async () => {
  expect(await root.run("bin/quoin.js", ["short"])).toMatchObject({ code: 0 });
});

/** Starts a server under the launcher; resolves when it listens. */
async function startServer() {
  const launcher = root.start("bin/quoin.js", ["serve"]);
  const lines = readLines(launcher.stdout);
  const port = Number((await lines.next()).value);
  return { launcher, lines, url: `http://127.0.0.1:${port}/` };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s is passed on", async (signal) => {
  const { launcher, lines } = await startServer();
  launcher.kill(signal);
  expect((await lines.next()).value).toBe(signal);
  expect(await launcher.exited).toBe(7);
});

test("a launcher killed with -9 leaves nobody on the port", async () => {
  const { launcher, lines, url } = await startServer();
  expect(await (await fetch(url)).text()).toBe("here");
  launcher.kill("SIGKILL");
  // The child holds the other end of stdout: it closes when the child is gone.
  expect((await lines.next()).done).toBe(true);
  expect(await new Response(launcher.stderr).text()).toBe("");
  expect(
    await fetch(url).then(
      () => "answered",
      () => "refused",
    ),
  ).toBe("refused");
});
