import { t } from "../../i18n/t.ts";
import { type CallPart, dataUrlOf, type MediaPart, type Part, prettyInput } from "./turns.ts";

/** A file as it will be seen or heard; others by their name. */
export function MediaView({ part }: { part: MediaPart }) {
  const { mime, name } = part;
  if (mime.startsWith("image/")) return <img className="media" src={dataUrlOf(part)} alt={name} />;
  if (mime.startsWith("audio/"))
    // biome-ignore lint/a11y/useMediaCaption: the person's own recording, of which nobody has a text
    return <audio className="media" controls src={dataUrlOf(part)} aria-label={name} />;
  return <span className="media-name">{name}</span>;
}

function CallView({ part }: { part: CallPart }) {
  return (
    <div className="call">
      <span className="call-name">
        {t("playground.calls")} <code>{part.name}</code>
      </span>
      <pre>{prettyInput(part)}</pre>
    </div>
  );
}

/** One part of a turn. */
export function PartView({ part, open }: { part: Part; open: boolean }) {
  switch (part.kind) {
    case "text":
      return <span>{part.text}</span>;
    case "thought":
      return part.text ? (
        <details className="thought" open={open}>
          <summary>{t("playground.thought")}</summary>
          <p>{part.text}</p>
        </details>
      ) : null;
    case "media":
      return <MediaView part={part} />;
    case "call":
      return <CallView part={part} />;
    case "result":
      return (
        <div className="call">
          <span className="call-name">
            {t("playground.result-of")} <code>{part.name}</code>
          </span>
          <pre>{part.text}</pre>
        </div>
      );
  }
}
