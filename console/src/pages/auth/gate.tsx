import { type ReactNode, useEffect } from "react";
import { Brand } from "../../shell/brand.tsx";
import { brandName } from "../../shell/meta.ts";
import { LanguageMenu, ThemeMenu } from "../../shell/preferences.tsx";

interface GateProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** Ways to other pages, below the card. */
  links?: ReactNode;
}

/** The frame of the pages before one is signed in. */
export function Gate({ title, lead, children, links }: GateProps) {
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <div className="gate">
      <main className="gate-box">
        <div className="gate-head">
          <Brand />
        </div>
        <div className="gate-card">
          <div>
            <h1>{title}</h1>
            {lead && <p className="hint">{lead}</p>}
          </div>
          {children}
        </div>
        {links && <div className="gate-links">{links}</div>}
      </main>
      <footer className="gate-foot">
        <LanguageMenu side="up" />
        <ThemeMenu side="up" />
      </footer>
    </div>
  );
}
