import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { t } from "../i18n/t.ts";
import { IconButton } from "./button.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** A drawer comes from the side and is as high as the window. */
  kind?: "dialog" | "drawer" | "drawer start" | "wide";
}

/** A modal dialog; it is there as long as it is rendered. Escape and a press beside it close it. */
export function Dialog({ title, onClose, children, kind = "dialog" }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = place.current;
    dialog?.showModal();
    // The browser would choose the button that closes.
    const first = dialog?.querySelector<HTMLElement>(".dialog-body :is(input, select, textarea)");
    (first ?? dialog)?.focus();
    return () => dialog?.close();
  }, []);
  const closeBeside = ({ target }: MouseEvent) => {
    if (target === place.current) onClose();
  };
  return (
    <dialog
      ref={place}
      className={`dialog ${kind}`}
      aria-labelledby={titleId}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={closeBeside}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <IconButton icon="close" label={t("dialog.close")} onClick={onClose} />
      </header>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
