import { newStore, remembered } from "./store.ts";

export type Theme = "auto" | "light" | "dark";

const isTheme = (text: string | undefined): text is Theme => text === "light" || text === "dark";

const stored = remembered.get("theme");

/** What the reader chose; `auto` follows the system. */
export const themeStore = newStore<Theme>(isTheme(stored) ? stored : "auto");

const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** What is shown now: drawings on a canvas follow it. */
export const shownStore = newStore<"light" | "dark">("light");

function show(): void {
  const theme = themeStore.get();
  const shown = theme === "auto" ? (systemDark.matches ? "dark" : "light") : theme;
  document.documentElement.dataset.theme = shown;
  shownStore.set(shown);
}

export function chooseTheme(theme: Theme): void {
  themeStore.set(theme);
  remembered.set("theme", theme === "auto" ? undefined : theme);
  show();
}

/** Before the first render, so that nothing flashes. */
export function startTheme(): void {
  systemDark.addEventListener("change", show);
  show();
}

interface BrandColors {
  readonly primary?: string | null | undefined;
  readonly background?: string | null | undefined;
  readonly text?: string | null | undefined;
}

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Relative luminance of `#rrggbb` as WCAG 2 defines it; 0 where it is no colour. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (HEX.exec(color)?.slice(1) ?? []).map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Puts the operator's colours in place of ours; text on the primary colour stays readable. Absent ones are ours. */
export function applyBrand(colors: BrandColors): void {
  const { style } = document.documentElement;
  const colorOf = (color: string | null | undefined) => (color && HEX.test(color) ? color : undefined);
  const put = (name: string, value: string | undefined) =>
    value === undefined ? style.removeProperty(name) : style.setProperty(name, value);
  const primary = colorOf(colors.primary);
  put("--brand", primary);
  put("--brand-ink", primary && (luminance(primary) > 0.36 ? "#101010" : "#ffffff"));
  put("--brand-dark", primary && `color-mix(in oklab, ${primary} 62%, white)`);
  put("--brand-canvas", colorOf(colors.background));
  put("--brand-text", colorOf(colors.text));
}
