import type { ReactNode } from "react";

interface ScrollableProps {
  className: string;
  label: string;
  children: ReactNode;
}

/** What does not fit takes the focus, so that arrow keys can move it; what fits does not. Judged at each size. */
function letScroll(element: HTMLElement | null) {
  if (!element) return;
  const sizes = new ResizeObserver(() => {
    const tooLarge = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    element.tabIndex = tooLarge ? 0 : -1;
  });
  sizes.observe(element);
  return () => sizes.disconnect();
}

/** A region that scrolls by itself. */
export function Scrollable({ className, label, children }: ScrollableProps) {
  return (
    <section ref={letScroll} className={className} aria-label={label}>
      {children}
    </section>
  );
}
