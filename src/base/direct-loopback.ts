const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

/**
 * Keeps servers on this machine out of a configured HTTP proxy: Bun's fetch would send even
 * 127.0.0.1 through it, and it reads NO_PROXY at every call.
 */
export function keepLoopbackDirect(env: Record<string, string | undefined>): void {
  const listed = (env.NO_PROXY ?? env.no_proxy ?? "").split(",").map((host) => host.trim());
  const hosts = [...new Set([...listed.filter((host) => host !== ""), ...LOOPBACK])].join(",");
  env.NO_PROXY = hosts;
  env.no_proxy = hosts;
}
