/** A time-ordered id (UUIDv7) as 32 hexadecimal digits without dashes. */
export function newId(): string {
  return Bun.randomUUIDv7().replaceAll("-", "");
}

/** The 16 bytes of an id made by `newId`. */
export function idBytes(id: string): Uint8Array {
  return Uint8Array.fromHex(id);
}

/** The id of 16 bytes. */
export function idText(bytes: Uint8Array): string {
  return bytes.toHex();
}
