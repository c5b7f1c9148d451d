import type { Caller } from "../../src/accounts/caller.ts";
import { consoleApp } from "../../src/control/http/app.ts";
import type { HttpDeps } from "../../src/control/http/deps.ts";

/** Who the tests say calls, instead of a session: only the server that `startConsole` starts believes it. */
const CALLER_HEADER = "x-test-caller";

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, or its text where it is none. */
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface TestConsole {
  readonly url: string;
  /** Calls the API: `POST /accounts/acme/keys`, with a body where one is given. */
  call(caller: Caller | undefined, line: string, body?: unknown): Promise<TestAnswer>;
  close(): Promise<void>;
}

function jsonOf(text: string): Record<string, unknown> {
  return text.startsWith("{") ? JSON.parse(text) : {};
}

/** The API of these parts on a port of its own, for callers of the test's own choice. */
export function startConsole(deps: Omit<HttpDeps, "closing">): TestConsole {
  const closing = new AbortController();
  const answer = consoleApp({
    ...deps,
    closing: closing.signal,
    identify: [
      ...deps.identify,
      async ({ headers }) => {
        const caller = headers.get(CALLER_HEADER);
        return caller === null ? undefined : (JSON.parse(caller) as Caller);
      },
    ],
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => answer(request, "127.0.0.1"),
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    async call(caller, line, body) {
      const [method = "GET", path = "/"] = line.split(" ");
      const response = await fetch(`${url}/console/api/v1${path}`, {
        method,
        headers: {
          "x-quoin-console": "1",
          ...(caller && { [CALLER_HEADER]: JSON.stringify(caller) }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      // What goes on without end is not waited for.
      const endless = response.headers.get("content-type") === "text/event-stream";
      if (endless) await response.body?.cancel();
      const text = endless ? "" : await response.text();
      return { status: response.status, headers: response.headers, body: jsonOf(text), text };
    },
    close() {
      closing.abort();
      return server.stop(true);
    },
  };
}

/** A user with a session, an operator or a member of accounts. */
export function userCaller(
  memberships: readonly {
    readonly accountId: string;
    readonly role: "owner" | "viewer" | "admin" | "developer" | "billing";
  }[],
  operator = false,
): Caller {
  return { kind: "user", userId: "a".repeat(32), sessionId: "b".repeat(32), operator, memberships };
}
