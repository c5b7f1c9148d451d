/** `1 model`, `2,000 models`; for nouns whose plural is an s more. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
