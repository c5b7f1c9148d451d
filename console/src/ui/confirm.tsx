import { type ReactNode, useState } from "react";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { toastError } from "./toast.tsx";

interface ConfirmProps {
  title: string;
  /** What will happen, and that it cannot be undone where that is so. */
  children: ReactNode;
  action: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, children, action, onConfirm, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  async function confirm() {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="prose">{children}</div>
      <div className="actions">
        <Button onClick={onClose}>{t("dialog.cancel")}</Button>
        <Button look="danger" busy={busy} onClick={confirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
