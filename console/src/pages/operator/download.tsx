import { useEffect, useState } from "react";
import { Icon } from "../../ui/icon.tsx";

/** A link that saves a text as a file; the text never leaves the browser. */
export function Download({ text, name, label }: { text: string; name: string; label: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [text]);
  return (
    <a className="button plain small" href={url} download={name}>
      <Icon name="download" size={15} />
      {label}
    </a>
  );
}
