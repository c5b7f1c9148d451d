export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** What keeps cookies and calls the API as the console does. */
export interface TestBrowser {
  /** `POST /auth/sign-in`, with a body where one is given. */
  call(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<BrowserAnswer>;
  /** Opens an address of the same server and does not follow where it leads. */
  open(url: string): Promise<Response>;
  cookie(name: string): string | undefined;
}

export function openBrowser(origin: string): TestBrowser {
  const cookies = new Map<string, string>();
  const sent = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  return {
    async call(line, body, headers = {}) {
      const [method = "GET", path = "/"] = line.split(" ");
      const response = await fetch(`${origin}/console/api/v1${path}`, {
        method,
        headers: { "x-quoin-console": "1", "user-agent": "test", cookie: sent(), ...headers },
        ...(method !== "GET" && { body: JSON.stringify(body ?? {}) }),
        redirect: "manual",
      });
      keep(response);
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text.startsWith("{") ? JSON.parse(text) : {},
      };
    },
    async open(url) {
      const response = await fetch(url, { headers: { cookie: sent() }, redirect: "manual" });
      keep(response);
      return response;
    },
    cookie: (name) => cookies.get(name),
  };
}
