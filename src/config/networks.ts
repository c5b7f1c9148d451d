import { isIP } from "node:net";

/** An address or a CIDR block: `10.0.0.0/8`, `::1`. */
export function isNetwork(text: string): boolean {
  const [ip = "", bits, rest] = text.split("/");
  const family = isIP(ip);
  if (family === 0 || ip.includes("%") || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
