import { type ReactNode, type ToggleEvent, useEffect, useRef } from "react";

type Side = "start" | "end" | "up";

interface MenuProps {
  /** What the button shows. */
  face: ReactNode;
  label: string;
  children: ReactNode;
  /** To which side of its button it opens. */
  side?: Side;
}

const GAP_PX = 4;

/** Puts the list beside its button, where there is room; it lies over everything, so that nothing cuts it off. */
function place(list: HTMLElement, button: DOMRect, side: Side): void {
  const { offsetWidth: width, offsetHeight: height } = list;
  const { clientWidth, clientHeight } = document.documentElement;
  const above = button.top - GAP_PX - height;
  const below = button.bottom + GAP_PX;
  const fitsBelow = below + height <= clientHeight;
  const top = above >= 0 && (side === "up" || !fitsBelow) ? above : below;
  const left = side === "end" ? button.right - width : button.left;
  list.style.top = `${Math.max(0, Math.min(top, clientHeight - height))}px`;
  list.style.left = `${Math.max(GAP_PX, Math.min(left, clientWidth - width - GAP_PX))}px`;
}

/** A button with a list of links and buttons; Escape, a choice, a press elsewhere or scrolling closes it. */
export function Menu({ face, label, children, side = "start" }: MenuProps) {
  const frame = useRef<HTMLDetailsElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const close = () => frame.current?.removeAttribute("open");
    function closeOutside({ target }: Event) {
      if (target instanceof Node && !frame.current?.contains(target)) close();
    }
    function onKey(event: KeyboardEvent) {
      if (event.key !== "Escape" || !frame.current?.open) return;
      // A dialog that the menu is in stays.
      event.preventDefault();
      close();
      frame.current.querySelector("summary")?.focus();
    }
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    document.addEventListener("scroll", closeOutside, true);
    document.addEventListener("keydown", onKey);
    window.addEventListener("resize", close);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
      document.removeEventListener("scroll", closeOutside, true);
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("resize", close);
    };
  }, []);
  function onToggle({ currentTarget, newState }: ToggleEvent<HTMLDetailsElement>) {
    const button = currentTarget.querySelector("summary")?.getBoundingClientRect();
    if (newState === "closed") return list.current?.hidePopover();
    list.current?.showPopover();
    if (list.current && button) place(list.current, button, side);
  }
  function closeAfterChoice(shown: HTMLDivElement | null) {
    list.current = shown;
    shown?.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("a, button")) frame.current?.removeAttribute("open");
    });
  }
  return (
    <details ref={frame} className="menu" onToggle={onToggle}>
      <summary title={label}>
        <span className="visually-hidden">{label}</span>
        {face}
      </summary>
      <div className="menu-list" popover="manual" ref={closeAfterChoice}>
        {children}
      </div>
    </details>
  );
}
