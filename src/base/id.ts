/** A time-ordered id (UUIDv7) as 32 hexadecimal digits without dashes. */
export function newId(): string {
  return withoutDashes(Bun.randomUUIDv7());
}

/** The 16 bytes of an id made by `newId`. */
export function idBytes(id: string): Uint8Array {
  return Uint8Array.fromHex(id);
}

/** The id of 16 bytes. */
export function idText(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** A UUID as databases write it, in our own form of 32 digits. */
export function withoutDashes(uuid: string): string {
  return uuid.replaceAll("-", "");
}

/** The least id that arrived at a time (milliseconds since the epoch) or later: UUIDv7s begin with it. */
export function leastId(at: number): string {
  return Math.max(0, at).toString(16).padStart(12, "0").padEnd(32, "0");
}

/** When an id was made, milliseconds since the epoch. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}
