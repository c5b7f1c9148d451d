import { useEffect, useRef } from "react";
import { newStore, useStore } from "../base/store.ts";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly mood: "good" | "bad";
}

const SHOWN_MS = 6000;

const toasts = newStore<readonly Toast[]>([]);
let lastId = 0;

/** Says for some seconds what became of an action. */
export function toast(text: string, mood: Toast["mood"] = "good"): void {
  lastId += 1;
  const id = lastId;
  toasts.set([...toasts.get().slice(-3), { id, text, mood }]);
  setTimeout(() => toasts.set(toasts.get().filter((one) => one.id !== id)), SHOWN_MS);
}

/** Tells an error that no field shows. */
export const toastError = (error: unknown): void =>
  toast(error instanceof Error ? error.message : String(error), "bad");

export function Toasts() {
  const shown = useStore(toasts);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Shown again, it lies over a dialog that was opened since.
    place.current?.hidePopover();
    if (shown.length > 0) place.current?.showPopover();
  }, [shown]);
  return (
    <div ref={place} className="toasts" popover="manual" role="status" aria-live="polite">
      {shown.map(({ id, text, mood }) => (
        <p key={id} className={`toast ${mood}`}>
          {text}
        </p>
      ))}
    </div>
  );
}
