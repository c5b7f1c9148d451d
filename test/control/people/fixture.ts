import type { KeptMessage } from "../../../src/control/senders/outbox.ts";
import { type BrowserAnswer, openBrowser, type TestBrowser } from "../../support/browser.ts";
import { standardConfig } from "../../support/config.ts";
import { startGateway, type TestGateway } from "../../support/gateway.ts";

export const PASSWORD = "four words of mine";

export interface World {
  readonly gateway: TestGateway;
  browser(): TestBrowser;
  /** The newest message to an address or a number. */
  messageTo(to: string): Promise<KeptMessage>;
  /** The six digits in it. */
  codeTo(to: string): Promise<string>;
  /** What stands behind the # of the link in it. */
  linkTo(to: string): Promise<string>;
  /** A message to somebody with these words in it. */
  waitFor(to: string, words: string): Promise<void>;
  /** Signs somebody up, to the end. */
  signUp(email: string, more?: object): Promise<TestBrowser>;
  /** Time goes on for what is counted, as if so long had passed. */
  later(ms: number): void;
  close(): Promise<void>;
}

/** A gateway where everybody may sign up and nothing is really sent. */
export async function startWorld(signup: object = {}, env: Record<string, string> = {}): Promise<World> {
  const config = { ...standardConfig("http://127.0.0.1:9"), signup: { mode: "open", ...signup } };
  const gateway = await startGateway({ config, env: { QUOIN_OUTBOX: "open", ...env } });
  const { outbox } = gateway.app.people;

  async function messageTo(to: string, words = ""): Promise<KeptMessage> {
    for (let turns = 0; turns < 500; turns++) {
      const found = outbox.list().find((message) => message.to === to && message.text.includes(words));
      if (found) return found;
      await Bun.sleep(2);
    }
    throw new Error(`nothing was sent to ${to}`);
  }

  const codeTo = async (to: string) => /\b\d{6}\b/.exec((await messageTo(to)).text)?.[0] ?? "";
  const browser = () => openBrowser(gateway.url);

  return {
    gateway,
    browser,
    messageTo: (to) => messageTo(to),
    waitFor: async (to, words) => void (await messageTo(to, words)),
    codeTo,
    linkTo: async (to) => /#(\S+)/.exec((await messageTo(to)).text)?.[1] ?? "",
    async signUp(email, more = {}) {
      const visitor = browser();
      const { body } = await visitor.call("POST /auth/sign-up", { email, password: PASSWORD, ...more });
      const code = await codeTo(email);
      const { status } = await visitor.call("POST /auth/email/verify", { challenge: body.challenge, code });
      if (status !== 200) throw new Error(`the sign-up of ${email} ended with ${status}`);
      return visitor;
    },
    later(ms) {
      gateway.home.db.exec(`UPDATE attempt SET at = at - ${ms}`);
      gateway.home.db.exec(`UPDATE challenge SET expires_at = expires_at - ${ms}`);
      gateway.home.db.exec(`UPDATE session SET created_at = created_at - ${ms}`);
    },
    close: () => gateway.close(),
  };
}

export function errorOf({ body }: BrowserAnswer): Record<string, unknown> {
  return (body.error ?? {}) as Record<string, unknown>;
}

export function userOf({ body }: BrowserAnswer): Record<string, unknown> {
  const me = (body.me ?? body) as { user?: Record<string, unknown> };
  return me.user ?? {};
}

export function accountsOf({ body }: BrowserAnswer): Record<string, unknown>[] {
  const me = (body.me ?? body) as { accounts?: Record<string, unknown>[] };
  return me.accounts ?? [];
}
