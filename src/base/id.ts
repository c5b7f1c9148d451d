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
