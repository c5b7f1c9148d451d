import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import fc from "fast-check";
import { GatewayError } from "../../src/core/errors.ts";
import { type FetchMediaOptions, fetchMedia } from "../../src/gateway/guarded-fetch.ts";
import { inNetworks, isPublicAddress } from "../../src/gateway/public-address.ts";
import { newCertificate } from "../support/certificate.ts";

const PNG = Uint8Array.from(Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
const { cert, key } = newCertificate("media.test");
const LOOPBACK = ["127.0.0.0/8"];

describe("addresses", () => {
  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
  ])("%j is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test("IPv4 in IPv6 is never public, however it is written", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::"), (address, prefix) => {
        expect(isPublicAddress(`${prefix}${address}`)).toBe(false);
      }),
    );
  });

  test("networks of the operator's hold what lies in them", () => {
    expect(inNetworks(["10.0.0.0/8", "::1"], "10.9.9.9")).toBe(true);
    expect(inNetworks(["10.0.0.0/8", "::1"], "::1")).toBe(true);
    expect(inNetworks(["10.0.0.0/8"], "11.0.0.1")).toBe(false);
    expect(inNetworks([], "10.0.0.1")).toBe(false);
  });
});

let server: ReturnType<typeof Bun.serve>;
let secure: ReturnType<typeof Bun.serve>;
let seen: { path: string; headers: Record<string, string> }[] = [];

function handle(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  seen.push({ path: pathname, headers: request.headers.toJSON() as Record<string, string> });
  const to = searchParams.get("to");
  if (to !== null) return new Response(null, { status: 302, headers: { location: to } });
  const type = searchParams.get("type") ?? "image/png";
  if (pathname === "/big")
    return new Response(new Uint8Array(64 * 1024), { headers: { "content-type": type } });
  if (pathname === "/stream") return new Response(endless(), { headers: { "content-type": type } });
  if (pathname === "/html") return new Response("<html>log in</html>", { headers: { "content-type": type } });
  if (pathname === "/text") return new Response("a,b\n1,ü", { headers: { "content-type": type } });
  if (pathname === "/gone") return new Response("gone", { status: 410 });
  if (pathname === "/squeezed") {
    return new Response(Bun.gzipSync(PNG), { headers: { "content-type": type, "content-encoding": "gzip" } });
  }
  return new Response(PNG, { headers: type === "none" ? {} : { "content-type": type } });
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4096)) });
}

beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle });
  secure = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: handle,
    tls: { cert, key },
  });
});
afterAll(async () => {
  await server.stop(true);
  await secure.stop(true);
});

const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;
const plain: FetchMediaOptions = { field: "messages[0].content[1]", privateNetworks: LOOPBACK };

async function refusalOf(url: string, options: Partial<FetchMediaOptions> = {}): Promise<string> {
  try {
    await fetchMedia(url, { ...plain, ...options });
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    expect([thrown.kind, thrown.param]).toEqual(["bad_request", plain.field]);
    expect(thrown.message.startsWith(`${plain.field}: `)).toBe(true);
    return thrown.message.slice(plain.field.length + 2);
  }
  throw new Error("nothing was refused");
}

describe("media", () => {
  test("comes with its bytes and type, and nothing of us is sent along", async () => {
    seen = [];
    expect(await fetchMedia(at("/a.png?sig=1#part"), plain)).toEqual({
      bytes: Buffer.from(PNG),
      mime: "image/png",
    });
    expect(seen.map(({ path }) => path)).toEqual(["/a.png"]);
    const [first] = seen;
    expect(Object.keys(first?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "host",
      "user-agent",
    ]);
  });

  test.each([
    ["image/jpeg", "image", "image/png"],
    ["application/octet-stream", "image", "image/png"],
    ["none", "image", "image/png"],
    ["IMAGE/PNG; charset=x", undefined, "image/png"],
  ] as const)("said to be %s it is what it is", async (type, media, mime) => {
    const options = media ? { ...plain, media } : plain;
    expect((await fetchMedia(at(`/a?type=${encodeURIComponent(type)}`), options)).mime).toBe(mime);
  });

  test("plain text is a document by its word", async () => {
    expect((await fetchMedia(at("/text?type=text/csv"), { ...plain, media: "document" })).mime).toBe(
      "text/csv",
    );
  });

  test.each([
    ["/html?type=image/png", { media: "image" as const }],
    ["/html?type=text/html", {}],
    ["/a.png?type=text/html", {}],
    ["/a.png?type=application/pdf", {}],
    ["/a.png", { media: "document" as const }],
    ["/text?type=application/zip", {}],
  ])("%s with %j is the wrong type", async (path, options) => {
    expect(await refusalOf(at(path), options)).toContain("what the address gives is");
  });

  test("too large is refused by its length, and by its bytes", async () => {
    const words = "the media is larger than the 16 KiB fetched; send less.";
    expect(await refusalOf(at("/big"), { bytesMax: 16 * 1024 })).toBe(words);
    expect(await refusalOf(at("/stream"), { bytesMax: 16 * 1024 })).toBe(words);
  });

  test("other statuses and compressed bytes are refused", async () => {
    expect(await refusalOf(at("/gone"))).toBe(
      "the address answers with 410; check it, or send the bytes in base64 instead.",
    );
    expect(await refusalOf(at("/squeezed"))).toContain("compressed bytes");
  });

  test("a client that leaves ends the fetch", async () => {
    const left = new AbortController();
    const work = fetchMedia(at("/stream"), { ...plain, signal: left.signal, bytesMax: 1e12 });
    left.abort();
    expect(await work.catch((thrown) => thrown.kind)).toBe("client_closed");
  });
});

describe("what is refused before any connection", () => {
  const PUBLIC_ONLY = { privateNetworks: [] };
  const NOT_PUBLIC =
    "the address is not on the public internet, so it is not fetched; send the bytes in base64 instead.";

  test.each([
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
  ])("%s", async (url) => {
    expect(await refusalOf(url, PUBLIC_ONLY)).toBe(NOT_PUBLIC);
  });

  test.each([
    ["file:///etc/passwd", "only https addresses"],
    ["ftp://a.example/x", "only https addresses"],
    ["not a url", "only https addresses"],
    ["https://user:secret@a.example/", "holds a user or password"],
  ])("%s", async (url, words) => {
    expect(await refusalOf(url)).toContain(words);
  });

  test("http to the public internet", async () => {
    const resolve = async () => ["93.184.216.34"];
    expect(await refusalOf("http://a.example/x", { resolve })).toContain("use https");
  });

  test("a name that resolves to a private address, alone or among others that are private", async () => {
    for (const addresses of [["10.0.0.1"], ["fd00::1", "169.254.169.254"], []]) {
      const resolve = async () => addresses;
      expect(await refusalOf("https://rebind.example/", { ...PUBLIC_ONLY, resolve })).toBe(NOT_PUBLIC);
    }
  });

  test("a name that nobody knows", async () => {
    const resolve = async () => {
      throw new Error("ENOTFOUND");
    };
    expect(await refusalOf("https://no.example/x?secret=1", { resolve })).toBe(
      "the host no.example was not found; check the address, or send the bytes in base64 instead.",
    );
  });
});

describe("a name", () => {
  test("is resolved once, and the connection goes to what was checked", async () => {
    let asked = 0;
    const resolve = async () => {
      asked++;
      return asked === 1 ? ["127.0.0.1"] : ["10.0.0.1"];
    };
    seen = [];
    const media = await fetchMedia(`http://media.test:${server.port}/a.png`, { ...plain, resolve });
    expect(media.mime).toBe("image/png");
    expect(asked).toBe(1);
    expect(seen[0]?.headers.host).toBe(`media.test:${server.port}`);
  });

  test("leads to its open address where others are closed to us", async () => {
    const resolve = async () => ["10.0.0.1", "127.0.0.1"];
    expect((await fetchMedia(`http://media.test:${server.port}/`, { ...plain, resolve })).mime).toBe(
      "image/png",
    );
  });

  test("must be the one of the server's certificate, though the connection goes to an address", async () => {
    const resolve = async () => ["127.0.0.1"];
    const options = { ...plain, resolve, ca: cert };
    const of = (name: string) => `https://${name}:${secure.port}/a.png`;
    expect((await fetchMedia(of("media.test"), options)).mime).toBe("image/png");
    expect(await refusalOf(of("other.test"), options)).toContain("could not be reached");
    expect(await refusalOf(of("media.test"), { resolve })).toContain("could not be reached");
    // A connection that was good for one name is not taken for another.
    expect((await fetchMedia(of("media.test"), options)).mime).toBe("image/png");
    expect(await refusalOf(of("other.test"), options)).toContain("could not be reached");
  });
});

describe("redirects", () => {
  const via = (to: string) => at(`/hop?to=${encodeURIComponent(to)}`);

  test("are followed three times, relative ones too", async () => {
    seen = [];
    await fetchMedia(via(via(via("/last.png"))), plain);
    expect(seen.map(({ path }) => path)).toEqual(["/hop", "/hop", "/hop", "/last.png"]);
    expect(await refusalOf(via(via(via(via("/last.png")))))).toContain("redirects more than 3 times");
  });

  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/",
    "https://10.0.0.1/",
  ])("to %s are refused", async (to) => {
    expect(await refusalOf(via(to))).toContain("not on the public internet");
  });

  test("to a file, to http outside, or to a name that hides a private address are refused", async () => {
    expect(await refusalOf(via("file:///etc/passwd"))).toContain("only https addresses");
    const resolve = async (host: string) => (host === "out.example" ? ["93.184.216.34"] : ["192.168.0.1"]);
    expect(await refusalOf(via("http://out.example/"), { resolve })).toContain("use https");
    expect(await refusalOf(via("https://in.example/"), { resolve })).toContain("not on the public internet");
  });
});

describe("servers that never end", () => {
  let raw: Server;
  let mode: "silent" | "drip" | "cut" = "silent";
  beforeAll(async () => {
    raw = createServer((socket) => {
      socket.on("error", () => undefined);
      if (mode === "silent") return;
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 1000\r\n\r\n\x89PNG");
      if (mode === "cut") return void socket.end();
      const drip = setInterval(() => socket.write("x"), 5);
      socket.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", () => resolve()));
  });
  afterAll(() => void raw.close());
  const url = () => {
    const address = raw.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/a.png`;
  };

  test.each(["silent", "drip"] as const)("a %s one is left at the deadline", async (how) => {
    mode = how;
    expect(await refusalOf(url(), { deadlineMs: 60 })).toBe(
      "the media did not arrive within 0.06 s; send the bytes in base64 instead.",
    );
  });

  test("one that breaks off is told apart", async () => {
    mode = "cut";
    expect(await refusalOf(url())).toContain("broke off on its way");
  });

  test("a look-up that never answers is left at the deadline", async () => {
    const resolve = () => new Promise<string[]>(() => undefined);
    expect(await refusalOf("https://slow.example/", { resolve, deadlineMs: 30 })).toContain(
      "did not arrive within",
    );
  });
});
