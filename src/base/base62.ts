const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` random characters, each drawn evenly (bytes past the last whole 62 are thrown away). */
export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length + 16))) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

/** A whole number ≥ 0 in exactly `length` characters; higher digits are dropped. */
export function base62(value: number, length: number): string {
  let text = "";
  let rest = value;
  for (let digit = 0; digit < length; digit++) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Whether every character from `start` on is a digit of base 62. */
export function isBase62(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code >= 0x30 && code <= 0x39;
    const letter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (!digit && !letter) return false;
  }
  return true;
}

/** Whether the text ends in `base62(value, length)`, without making that string. */
export function endsInBase62(text: string, value: number, length: number): boolean {
  let rest = value;
  for (let digit = 1; digit <= length; digit++) {
    if (text[text.length - digit] !== ALPHABET[rest % 62]) return false;
    rest = Math.floor(rest / 62);
  }
  return true;
}
