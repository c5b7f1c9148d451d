import { newStore, remembered } from "../base/store.ts";
import { type Catalogue, en, type TextKey } from "./en/index.ts";
import { type Language, speak } from "./language.ts";

export type { TextKey };

let catalogue: Catalogue = en;

/** Counts the changes of language: what is shown is rendered anew. */
export const languageStore = newStore<Language>("en");

type Values = Readonly<Record<string, string | number>>;

/** The text of a key with `{name}` filled in; where `count` is 1 the key with `.one` is taken if there is one. */
export function t(key: TextKey, values: Values = {}): string {
  const single = values.count === 1 ? (catalogue as Record<string, string>)[`${key}.one`] : undefined;
  const text = single ?? catalogue[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const isKey = (key: string): key is TextKey => key in en;

/** The text of a key made at run time; `otherwise` where the catalogue has none. */
export function tryText(key: string, otherwise: string): string {
  return isKey(key) ? t(key) : otherwise;
}

async function catalogueOf(language: Language): Promise<Catalogue> {
  return language === "en" ? en : (await import("./zh/index.ts")).zh;
}

export async function chooseLanguage(language: Language): Promise<void> {
  catalogue = await catalogueOf(language);
  speak(language);
  document.documentElement.lang = language;
  languageStore.set(language);
}

/** The reader's earlier choice, or what the browser prefers. */
export async function startLanguage(): Promise<void> {
  const wanted = remembered.get("language") ?? navigator.language;
  await chooseLanguage(wanted.toLowerCase().startsWith("zh") ? "zh-CN" : "en");
}
