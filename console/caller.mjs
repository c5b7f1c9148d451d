/**
 * A browser's calls of the management API, without a browser: it keeps the cookie of its session.
 * @param {string} url of the gateway
 */
export function newCaller(url) {
  let cookie = "";

  /** The answer's JSON. @throws Error with the status and what was answered */
  async function call(method, path, body) {
    const answer = await fetch(`${url}/console/api/v1${path}`, {
      method,
      headers: { "x-quoin-console": "1", "content-type": "application/json", cookie },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const set of answer.headers.getSetCookie()) cookie = set.split(";")[0];
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** The session as playwright-core takes it over. */
  function state() {
    const [name, value] = cookie.split("=");
    const shared = { path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" };
    return { cookies: [{ name, value, domain: new URL(url).hostname, ...shared }], origins: [] };
  }

  return { call, state };
}
