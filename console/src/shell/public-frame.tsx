import type { ReactNode } from "react";
import { Link } from "wouter";
import { language } from "../i18n/language.ts";
import { t } from "../i18n/t.ts";
import { Page } from "../ui/page.tsx";
import { Brand } from "./brand.tsx";
import { useMeta } from "./meta.ts";
import { LanguageMenu, ThemeMenu } from "./preferences.tsx";

/** A page of the documentation, in the reader's language. */
export const docsPath = (page = ""): string =>
  `/docs${language() === "en" ? "" : "/zh"}${page === "" ? "" : `/${page}`}`;

interface PublicFrameProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of the wide pages that everybody may read. */
export function PublicFrame({ title, lead, actions, children }: PublicFrameProps) {
  const { trial } = useMeta();
  return (
    <div className="public">
      <header className="public-head">
        <Brand />
        <nav aria-label={t("public.nav")}>
          <Link href="/pricing">{t("public.pricing")}</Link>
          {trial && <a href={trial.path}>{t("public.trial")}</a>}
          <Link href="/probe">{t("public.probe")}</Link>
          <a href={docsPath("clients/getting-started")}>{t("public.docs")}</a>
          <Link href="/sign-in" className="button plain small">
            {t("auth.sign-in.link")}
          </Link>
        </nav>
      </header>
      <main className="public-main">
        <Page title={title} lead={lead} actions={actions}>
          {children}
        </Page>
      </main>
      <footer className="gate-foot">
        <LanguageMenu side="up" />
        <ThemeMenu side="up" />
      </footer>
    </div>
  );
}
