import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { readSettings } from "../../src/config/settings.ts";
import { smtpSender } from "../../src/control/senders/smtp.ts";
import { twilioText, webhookMail, webhookText } from "../../src/control/senders/webhook.ts";
import { newCertificate } from "../support/certificate.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface MailServer {
  readonly port: number;
  /** What clients said, line by line. */
  readonly heard: string[];
}

/** A mail server that says yes, but where `answers` says otherwise, by the beginning of the line it answers. */
async function startMailServer(
  extensions: readonly string[],
  answers: Readonly<Record<string, string>> = {},
  tls?: { readonly cert: string; readonly key: string },
): Promise<MailServer> {
  const heard: string[] = [];
  const greeting = ["mail.example", ...extensions];
  const standard: Record<string, string> = {
    ...answers,
    EHLO: greeting.map((line, at) => `250${at < greeting.length - 1 ? "-" : " "}${line}`).join("\r\n"),
    AUTH: "235 yes",
    DATA: "354 go on",
    QUIT: "221 bye",
  };
  function serve(socket: Socket | TLSSocket): void {
    let rest = "";
    let inBody = false;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        heard.push(line);
        if (line === "STARTTLS" && tls) {
          socket.removeAllListeners("data");
          socket.write("220 now\r\n");
          serve(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) }));
          return;
        }
        if (inBody && line !== ".") continue;
        const [, answer = "250 ok"] =
          Object.entries(standard).find(([start]) => line.startsWith(start)) ?? [];
        inBody = line === "DATA";
        socket.write(`${line === "." ? "250 kept" : answer}\r\n`);
      }
    });
  }
  const server: Server = createServer((socket) => {
    socket.write("220 mail.example\r\n");
    serve(socket);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  open.push(server);
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, heard };
}

const LETTER = { to: "ann@example.com", subject: "Zürich\r\nBcc: x@example.com", text: ".\r\nGrüße\n" };

describe("mail by SMTP", () => {
  test("arrives whole, and no header can be slipped in", async () => {
    const { port, heard } = await startMailServer(["SIZE 1000", "AUTH PLAIN LOGIN"]);
    await smtpSender(`smtp://me%40x:p%3Aw@127.0.0.1:${port}`, "Quoin <no-reply@example.com>")(LETTER);
    expect(heard.slice(0, 5)).toEqual([
      "EHLO quoin",
      `AUTH PLAIN ${Buffer.from("\0me@x\0p:w").toString("base64")}`,
      "MAIL FROM:<no-reply@example.com>",
      "RCPT TO:<ann@example.com>",
      "DATA",
    ]);
    const end = heard.indexOf("");
    const headers = heard.slice(5, end);
    expect(headers[0]).toBe("From: Quoin <no-reply@example.com>");
    expect(headers.some((line) => line.startsWith("Bcc"))).toBe(false);
    const subject = /^Subject: =\?utf-8\?B\?(.*)\?=$/.exec(
      headers.find((line) => line.startsWith("Subject")) ?? "",
    );
    expect(Buffer.from(subject?.[1] ?? "", "base64").toString()).toBe("Zürich Bcc: x@example.com");
    const body = heard.slice(end + 1, heard.indexOf(".")).join("");
    expect(Buffer.from(body, "base64").toString()).toBe(LETTER.text);
    expect(heard.at(-1)).toBe("QUIT");
  });

  test("encrypted where the server offers it, and not at all where its certificate is not known", async () => {
    const tls = newCertificate("localhost");
    const { port, heard } = await startMailServer(["STARTTLS", "AUTH PLAIN"], {}, tls);
    const address = `smtp://me:pw@localhost:${port}`;
    await smtpSender(address, "a@example.com", tls.cert)(LETTER);
    expect(heard.slice(0, 3)).toEqual(["EHLO quoin", "STARTTLS", "EHLO quoin"]);
    expect(heard.at(-1)).toBe("QUIT");
    heard.length = 0;
    await expect(smtpSender(address, "a@example.com")(LETTER)).rejects.toThrow();
    expect(heard).toEqual(["EHLO quoin", "STARTTLS"]);
  });

  test("by LOGIN where that is all a server knows", async () => {
    const { port, heard } = await startMailServer(["AUTH LOGIN"], {
      "AUTH LOGIN": "334 VXNlcm5hbWU6",
      bWU: "334 UGFzc3dvcmQ6",
      cHc: "235 yes",
    });
    await smtpSender(`smtp://me:pw@127.0.0.1:${port}`, "a@example.com")(LETTER);
    expect(heard.slice(1, 4)).toEqual(["AUTH LOGIN", "bWU=", "cHc="]);
  });

  test("what a server refuses is an error in its words", async () => {
    const { port } = await startMailServer([], { "RCPT TO": "550 no such user" });
    const sent = smtpSender(`smtp://127.0.0.1:${port}`, "a@example.com")(LETTER);
    await expect(sent).rejects.toThrow("550 no such user");
  });

  test("a server that is not there is an error", async () => {
    const sent = smtpSender("smtp://127.0.0.1:9", "a@example.com")(LETTER);
    await expect(sent).rejects.toThrow();
  });
});

/** What was posted to it: path, headers and body. */
function startHook(status = 200) {
  const posts: { path: string; headers: Headers; body: string }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      posts.push({ path, headers: request.headers, body: await request.text() });
      return new Response("", { status });
    },
  });
  open.push({ close: () => void server.stop(true) });
  return { url: `http://127.0.0.1:${server.port}`, posts };
}

describe("messages by HTTP", () => {
  test("to webhooks as JSON, with the token", async () => {
    const { url, posts } = startHook();
    await webhookMail(`${url}/mail`, "secret")({ to: "a@example.com", subject: "s", text: "t" });
    await webhookText(`${url}/text`, undefined)("+1", "t");
    expect(posts.map(({ body }) => JSON.parse(body))).toEqual([
      { kind: "email", to: "a@example.com", subject: "s", text: "t" },
      { kind: "sms", to: "+1", text: "t" },
    ]);
    expect(posts.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer secret", null]);
  });

  test("to Twilio as a form, from a number or a service", async () => {
    const { url, posts } = startHook();
    await twilioText({ account: "AC1", token: "t", from: "+1", url })("+49", "hi");
    await twilioText({ account: "AC1", token: "t", from: "MG1", url })("+49", "hi");
    expect(posts[0]?.path).toBe("/2010-04-01/Accounts/AC1/Messages.json");
    expect(posts[0]?.headers.get("authorization")).toBe(`Basic ${btoa("AC1:t")}`);
    expect(Object.fromEntries(new URLSearchParams(posts[0]?.body))).toEqual({
      To: "+49",
      Body: "hi",
      From: "+1",
    });
    expect(new URLSearchParams(posts[1]?.body).get("MessagingServiceSid")).toBe("MG1");
  });

  test("a status that is no yes is an error", async () => {
    const { url } = startHook(500);
    await expect(webhookText(url, undefined)("+1", "t")).rejects.toThrow("answered with 500");
  });
});

describe("settings of senders", () => {
  test("say what is missing", () => {
    for (const [env, words] of [
      [{ QUOIN_SMTP_URL: "smtp://x" }, "QUOIN_MAIL_FROM is not set; QUOIN_SMTP_URL needs it."],
      [{ QUOIN_SMTP_URL: "http://x", QUOIN_MAIL_FROM: "a@b.c" }, "QUOIN_SMTP_URL is no address"],
      [{ QUOIN_TWILIO_ACCOUNT: "AC" }, "QUOIN_TWILIO_TOKEN is not set"],
      [{ QUOIN_GITHUB_CLIENT_ID: "x" }, "QUOIN_GITHUB_CLIENT_SECRET is not set"],
      [{ QUOIN_PUBLIC_URL: "example.com" }, "QUOIN_PUBLIC_URL is no address"],
      [{ QUOIN_OUTBOX: "open", QUOIN_HOST: "0.0.0.0" }, "QUOIN_OUTBOX is open"],
    ] as const)
      expect(() => readSettings(env)).toThrow(words);
    expect(readSettings({ QUOIN_PUBLIC_URL: "https://x.example/" }).people.publicUrl).toBe(
      "https://x.example",
    );
  });
});
