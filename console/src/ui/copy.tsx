import { useState } from "react";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";
import { Scrollable } from "./scrollable.tsx";
import { toast } from "./toast.tsx";

const SHOWN_MS = 1600;

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, label, small = true }: { text: string; label?: string; small?: boolean }) {
  const [done, setDone] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), SHOWN_MS);
    } catch {
      // No clipboard without https: the text stays selectable.
      toast(t("copy.refused"), "bad");
    }
  }
  return (
    <Button look="quiet" icon={done ? "check" : "copy"} small={small} onClick={copy}>
      {done ? t("copy.done") : (label ?? t("copy.do"))}
    </Button>
  );
}

/** A value that people copy, such as an id or an address, with its button. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  return (
    <div className="copy-line">
      <span className="visually-hidden">{label}</span>
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}

/** Code of several lines with a button that copies all of it. */
export function CodeBlock({ code, title, copied = code }: { code: string; title: string; copied?: string }) {
  return (
    <figure className="code-block">
      <figcaption>
        <span>{title}</span>
        <CopyButton text={copied} />
      </figcaption>
      <Scrollable className="code-scroll" label={title}>
        <pre>
          <code>{code}</code>
        </pre>
      </Scrollable>
    </figure>
  );
}
