import { remembered, useStore } from "../base/store.ts";
import { chooseTheme, type Theme, themeStore } from "../base/theme.ts";
import type { Language } from "../i18n/language.ts";
import { chooseLanguage, languageStore, t } from "../i18n/t.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["zh-CN", "简体中文"],
];

const Chosen = () => (
  <span className="chosen">
    <Icon name="check" size={15} />
  </span>
);

export function ThemeMenu({ side = "end" }: { side?: "end" | "up" }) {
  const theme = useStore(themeStore);
  return (
    <Menu label={t("theme.label")} side={side} face={<Icon name={theme} />}>
      {THEMES.map((one) => (
        <button type="button" key={one} onClick={() => chooseTheme(one)} aria-pressed={one === theme}>
          <Icon name={one} size={16} />
          {t(`theme.${one}`)}
          {one === theme && <Chosen />}
        </button>
      ))}
    </Menu>
  );
}

export function LanguageMenu({ side = "end" }: { side?: "end" | "up" }) {
  const language = useStore(languageStore);
  function choose(next: Language) {
    remembered.set("language", next);
    void chooseLanguage(next);
  }
  return (
    <Menu label={t("language.label")} side={side} face={<Icon name="language" />}>
      {LANGUAGES.map(([one, name]) => (
        <button
          type="button"
          key={one}
          lang={one}
          onClick={() => choose(one)}
          aria-pressed={one === language}
        >
          {name}
          {one === language && <Chosen />}
        </button>
      ))}
    </Menu>
  );
}
