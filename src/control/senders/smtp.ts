import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Letter } from "../../accounts/people/deps.ts";
import { newId } from "../../base/id.ts";

const DEADLINE_MS = 20_000;

/** One conversation (RFC 5321). Replies are their lines without the code; any other than `wanted` is an error. */
interface Conversation {
  hear(...wanted: readonly number[]): Promise<readonly string[]>;
  say(line: string, ...wanted: readonly number[]): Promise<readonly string[]>;
  detach(): void;
  close(): void;
}

/** The lines that a server sends, one after the other; `detach` leaves the socket to somebody else. */
function lineReader(socket: Socket) {
  const lines: string[] = [];
  let rest = "";
  let fault: Error | undefined;
  let wake = () => {};
  const onText = (chunk: Buffer) => {
    const parts = (rest + chunk.toString("latin1")).split("\r\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    wake();
  };
  const onEnd = (cause?: unknown) => {
    fault ??= cause instanceof Error ? cause : new Error("the mail server hung up");
    wake();
  };
  socket.on("data", onText).on("error", onEnd).on("close", onEnd);
  return {
    async next(): Promise<string> {
      while (lines.length === 0) {
        if (fault) throw fault;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      return lines.shift() ?? "";
    },
    detach: () => void socket.off("data", onText).off("error", onEnd).off("close", onEnd),
  };
}

function converse(socket: Socket): Conversation {
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error("the mail server did not answer in time")));
  const reader = lineReader(socket);

  async function hear(...wanted: readonly number[]): Promise<readonly string[]> {
    const heard: string[] = [];
    for (;;) {
      const line = await reader.next();
      heard.push(line.slice(4));
      if (line[3] === "-") continue;
      if (wanted.includes(Number(line.slice(0, 3)))) return heard;
      throw new Error(`the mail server refused: ${line.slice(0, 200)}`);
    }
  }

  return {
    hear,
    say(line, ...wanted) {
      socket.write(`${line}\r\n`);
      return hear(...wanted);
    },
    detach: () => reader.detach(),
    close: () => socket.destroy(),
  };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const encoded = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${base64(text)}?=`;
const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ");

/** RFC 5322 with the text in base64: no line is too long, none begins with a dot. */
function messageOf(from: string, { to, subject, text }: Letter): string {
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(">", "");
  const headers = [
    `From: ${oneLine(from)}`,
    `To: <${oneLine(to)}>`,
    `Subject: ${encoded(oneLine(subject))}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${newId()}@${domain}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "Auto-Submitted: auto-generated",
  ];
  return [...headers, "", ...(base64(text).match(/.{1,76}/g) ?? []), "."].join("\r\n");
}

async function openSocket(url: URL, ca: string | undefined): Promise<Socket> {
  const isTls = url.protocol === "smtps:";
  const place = { host: url.hostname, port: Number(url.port) || (isTls ? 465 : 587) };
  const socket = isTls ? connectTls({ ...place, servername: url.hostname, ca }) : connect(place);
  await once(socket, isTls ? "secureConnect" : "connect");
  return socket;
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);

/** Encrypted from here on; a server on this machine may do without. */
async function startTls(
  talk: Conversation,
  url: URL,
  socket: Socket,
  extensions: readonly string[],
  ca: string | undefined,
): Promise<Socket | undefined> {
  if (!extensions.some((line) => line.toUpperCase() === "STARTTLS")) {
    if (isLoopback(url)) return undefined;
    throw new Error(`${url.host} offers no encryption; use smtps:// or another server`);
  }
  await talk.say("STARTTLS", 220);
  talk.detach();
  const safe = connectTls({ socket, servername: url.hostname, ca });
  await once(safe, "secureConnect");
  return safe;
}

async function authenticate(talk: Conversation, url: URL, extensions: readonly string[]): Promise<void> {
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  if (!user) return;
  const offered = extensions.find((line) => line.toUpperCase().startsWith("AUTH")) ?? "";
  if (/\bPLAIN\b/i.test(offered)) {
    await talk.say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235);
    return;
  }
  await talk.say("AUTH LOGIN", 334);
  await talk.say(base64(user), 334);
  await talk.say(base64(password ?? ""), 235);
}

/**
 * Mails by a server of the operator's.
 * @param address `smtp://user:password@host:587` (encrypted by STARTTLS) or `smtps://…:465`
 * @param from such as `Quoin <no-reply@example.com>`
 * @param ca who may have signed the server's certificate, in PEM; absent: whom the system trusts
 */
export function smtpSender(address: string, from: string, ca?: string): (letter: Letter) => Promise<void> {
  const url = new URL(address);
  const envelope = /<([^>]+)>/.exec(from)?.[1] ?? from;
  return async (letter) => {
    const socket = await openSocket(url, ca);
    let talk = converse(socket);
    try {
      await talk.hear(220);
      let extensions = await talk.say("EHLO quoin", 250);
      const safe = url.protocol === "smtp:" ? await startTls(talk, url, socket, extensions, ca) : undefined;
      if (safe) {
        talk = converse(safe);
        extensions = await talk.say("EHLO quoin", 250);
      }
      await authenticate(talk, url, extensions);
      await talk.say(`MAIL FROM:<${envelope}>`, 250);
      await talk.say(`RCPT TO:<${letter.to}>`, 250, 251);
      await talk.say("DATA", 354);
      await talk.say(messageOf(from, letter), 250);
      await talk.say("QUIT", 221);
    } finally {
      talk.close();
    }
  };
}
