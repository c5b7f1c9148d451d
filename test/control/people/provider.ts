import { createHash } from "node:crypto";

export interface Person {
  readonly id: number;
  readonly email: string;
  readonly verified: boolean;
}

/** GitHub and Google in one, on the loopback: whoever comes is the person that the test says. */
export function startProvider() {
  const codes = new Map<string, { person: Person; challenge: string; redirect: string }>();
  const tokens = new Map<string, Person>();
  let person: Person = { id: 1, email: "nobody@example.com", verified: true };

  function authorize(asked: URLSearchParams): Response {
    const code = crypto.randomUUID();
    const redirect = asked.get("redirect_uri") ?? "";
    codes.set(code, { person, challenge: asked.get("code_challenge") ?? "", redirect });
    const back = new URLSearchParams({
      code,
      state: asked.get("state") ?? "",
      scope: "email",
      authuser: "0",
    });
    return new Response(null, { status: 302, headers: { location: `${redirect}?${back}` } });
  }

  function exchange(form: URLSearchParams): Response {
    const known = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const right =
      form.get("client_id") === "id" &&
      form.get("client_secret") === "secret" &&
      form.get("redirect_uri") === known?.redirect;
    if (!known || !right || verifier !== known.challenge) return new Response("no", { status: 400 });
    const token = crypto.randomUUID();
    tokens.set(token, known.person);
    return Response.json({ access_token: token, token_type: "bearer" });
  }

  function answer(path: string, { id, email, verified }: Person): Response {
    if (path === "/api/v3/user") return Response.json({ id, login: `user-${id}`, name: null });
    if (path === "/api/v3/user/emails")
      return Response.json([
        { email: "other@example.com", primary: false, verified: true },
        { email, primary: true, verified },
      ]);
    return Response.json({ sub: `g${id}`, email, email_verified: verified, name: "A Person" });
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/authorize") || pathname.endsWith("/auth")) return authorize(searchParams);
      if (request.method === "POST") return exchange(new URLSearchParams(await request.text()));
      const known = tokens.get(request.headers.get("authorization")?.slice("Bearer ".length) ?? "");
      return known ? answer(pathname, known) : new Response("no", { status: 401 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    become(next: Person) {
      person = next;
    },
    close: () => server.stop(true),
  };
}
