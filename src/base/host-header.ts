/** A host name or an address, with or without a port: nothing that a shell or a page would take for more. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** The Host header in small letters, with its port where it has one; undefined where there is none that can be one. */
export function hostHeader({ headers }: Request): string | undefined {
  const host = headers.get("host") ?? "";
  return HOST.test(host) ? host.toLowerCase() : undefined;
}

/** The same without its port. */
export const hostName = (request: Request): string | undefined => hostHeader(request)?.replace(/:\d+$/, "");
