import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useId, useState } from "react";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { acceptedBy, readMedia } from "./media.ts";
import { MediaView } from "./part-view.tsx";
import type { MediaPart, Part } from "./turns.ts";

/** Files beside the text, by paste, drop or choice. */
function useMedia(models: readonly AccountModel[]) {
  const [media, setMedia] = useState<readonly MediaPart[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const accepted = acceptedBy(models);
  return {
    media,
    refused,
    accepted,
    async add(files: readonly File[]) {
      const read = await readMedia(files, accepted, media.length);
      setMedia((now) => [...now, ...read.media]);
      setRefused(read.refused);
    },
    remove: (part: MediaPart) => setMedia((now) => now.filter((one) => one !== part)),
    clear() {
      setMedia([]);
      setRefused([]);
    },
  };
}

type Media = ReturnType<typeof useMedia>;

function Attach({ media }: { media: Media }) {
  const id = useId();
  return (
    <span className="attach">
      <input
        id={id}
        type="file"
        multiple
        className="visually-hidden"
        accept={media.accepted.join(",")}
        onChange={({ target }) => {
          void media.add([...(target.files ?? [])]);
          target.value = "";
        }}
      />
      <label htmlFor={id} className="icon-button" title={t("playground.attach")}>
        <Icon name="attach" />
        <span className="visually-hidden">{t("playground.attach")}</span>
      </label>
    </span>
  );
}

function Attached({ media }: { media: Media }) {
  if (media.media.length === 0 && media.refused.length === 0) return null;
  return (
    <div className="attached">
      {media.media.map((part, place) => (
        // Nothing else tells two equal files apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is short and its parts keep no state
        <span key={place} className="attached-one">
          <MediaView part={part} />
          <IconButton
            icon="close"
            label={t("playground.detach", { name: part.name })}
            onClick={() => media.remove(part)}
          />
        </span>
      ))}
      {media.refused.map((why) => (
        <p key={why} className="complaint" role="alert">
          {why}
        </p>
      ))}
    </div>
  );
}

const filesOf = ({ files }: DataTransfer): readonly File[] => [...files];

interface ComposerProps {
  models: readonly AccountModel[];
  busy: boolean;
  /** Calls wait for their results first. */
  waiting: boolean;
  onSend: (parts: readonly Part[]) => void;
  onStop: () => void;
}

/** Where the next message is written. */
export function Composer({ models, busy, waiting, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const media = useMedia(models);
  const takesFiles = media.accepted.length > 0;
  const isEmpty = text.trim() === "" && media.media.length === 0;
  function send() {
    if (isEmpty || busy || waiting) return;
    onSend([...media.media, ...(text.trim() === "" ? [] : [{ kind: "text" as const, text }])]);
    setText("");
    media.clear();
  }
  function onKey(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }
  function take(event: ClipboardEvent | DragEvent, from: DataTransfer) {
    if (!takesFiles || from.files.length === 0) return;
    event.preventDefault();
    void media.add(filesOf(from));
  }
  return (
    <section
      className={waiting ? "composer waiting" : "composer"}
      aria-label={t("playground.message")}
      onDragOver={(event) => takesFiles && event.preventDefault()}
      onDrop={(event) => take(event, event.dataTransfer)}
    >
      <Attached media={media} />
      {waiting && <p className="hint">{t("playground.calls-first")}</p>}
      <textarea
        rows={3}
        aria-label={t("playground.message")}
        placeholder={t(takesFiles ? "playground.message.files" : "playground.message.hint")}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKey}
        onPaste={(event) => take(event, event.clipboardData)}
      />
      <div className="composer-actions">
        {takesFiles && <Attach media={media} />}
        {busy ? (
          <Button icon="stop" onClick={onStop}>
            {t("playground.stop")}
          </Button>
        ) : (
          <Button look="primary" icon="send" disabled={isEmpty || waiting} onClick={send}>
            {t("playground.send")}
          </Button>
        )}
      </div>
    </section>
  );
}
