import { type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { t } from "../i18n/t.ts";
import { IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Brand } from "./brand.tsx";
import type { Here } from "./session.ts";
import { Sidebar } from "./sidebar.tsx";

function PhoneNavigation({ here }: { here: Here | undefined }) {
  const [open, setOpen] = useState(false);
  const [location] = useLocation();
  useEffect(() => {
    if (location) setOpen(false);
  }, [location]);
  return (
    <div className="topbar">
      <IconButton icon="menu" label={t("nav.open")} onClick={() => setOpen(true)} />
      <Brand />
      {open && (
        <Dialog title={t("nav.label")} kind="drawer start" onClose={() => setOpen(false)}>
          <Sidebar here={here} />
        </Dialog>
      )}
    </div>
  );
}

/** The frame of every page behind the gate. */
export function Shell({ here, children }: { here: Here | undefined; children: ReactNode }) {
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <PhoneNavigation here={here} />
      <Sidebar here={here} />
      <main id="main" className="main" tabIndex={-1}>
        <div className="main-inner">{children}</div>
      </main>
    </div>
  );
}
