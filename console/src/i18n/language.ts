/** A language of the console, as Intl names it. */
export type Language = "en" | "zh-CN";

let spoken: Language = "en";

export const language = (): Language => spoken;

export function speak(next: Language): void {
  spoken = next;
}
