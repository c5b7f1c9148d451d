import { type ReactNode, useEffect, useRef } from "react";

interface MenuProps {
  /** What the button shows. */
  face: ReactNode;
  label: string;
  children: ReactNode;
  /** To which side of its button it opens. */
  side?: "start" | "end" | "up";
}

/** A button with a list of links and buttons; Escape, a choice or a press elsewhere closes it. */
export function Menu({ face, label, children, side = "start" }: MenuProps) {
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = () => place.current?.removeAttribute("open");
    function onPress({ target }: Event) {
      if (target instanceof Node && !place.current?.contains(target)) close();
    }
    function onKey({ key }: KeyboardEvent) {
      if (key !== "Escape" || !place.current?.open) return;
      close();
      place.current.querySelector("summary")?.focus();
    }
    document.addEventListener("pointerdown", onPress);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPress);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  function closeAfterChoice(list: HTMLDivElement | null) {
    list?.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("a, button")) place.current?.removeAttribute("open");
    });
  }
  return (
    <details ref={place} className="menu">
      <summary title={label}>
        <span className="visually-hidden">{label}</span>
        {face}
      </summary>
      <div className={`menu-list ${side}`} ref={closeAfterChoice}>
        {children}
      </div>
    </details>
  );
}
