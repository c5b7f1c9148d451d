import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import type { MediaPart } from "./turns.ts";

const MEGABYTE = 1_048_576;
const FILE_BYTES_MAX = 8 * MEGABYTE;
const FILES_MAX = 8;

type Kind = AccountModel["media"][number];

const kindOf = (mime: string): Kind | undefined => {
  if (mime === "application/pdf") return "document";
  return (["image", "audio", "video"] as const).find((kind) => mime.startsWith(`${kind}/`));
};

/** What all of these models take, as a file dialog wants it. */
export function acceptedBy(models: readonly AccountModel[]): readonly string[] {
  const types: readonly (readonly [Kind, string])[] = [
    ["image", "image/png,image/jpeg,image/webp,image/gif"],
    ["audio", "audio/wav,audio/mpeg"],
    ["document", "application/pdf"],
  ];
  return types
    .filter(([kind]) => models.every(({ media }) => media.includes(kind)))
    .flatMap(([, accepted]) => accepted.split(","));
}

async function base64Of(file: File): Promise<string> {
  const read = new FileReader();
  const done = Promise.withResolvers<string>();
  read.onload = () => done.resolve(String(read.result));
  read.onerror = () => done.reject(read.error ?? new Error(file.name));
  read.readAsDataURL(file);
  const url = await done.promise;
  return url.slice(url.indexOf(",") + 1);
}

/** A name that is one in a shell and in a program as well. */
const plainName = (name: string): string => name.replace(/[^\w.-]+/g, "_") || "file";

/** Names that browsers give a recording otherwise than the protocols do. */
const SAME: Readonly<Record<string, string>> = {
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
  "audio/mp3": "audio/mpeg",
};

/** Why a file cannot be sent, in words; undefined: it can. */
function refusal(file: File, mime: string, accepted: readonly string[], held: number): string | undefined {
  if (kindOf(mime) === undefined || !accepted.includes(mime))
    return t("playground.file.type", { name: file.name });
  if (file.size > FILE_BYTES_MAX)
    return t("playground.file.size", { name: file.name, most: FILE_BYTES_MAX / MEGABYTE });
  return held >= FILES_MAX ? t("playground.file.count", { most: FILES_MAX }) : undefined;
}

/**
 * Files as parts of a message.
 * @returns those that can be sent, and why the others cannot
 */
export async function readMedia(files: readonly File[], accepted: readonly string[], held: number) {
  const media: MediaPart[] = [];
  const refused: string[] = [];
  for (const file of files) {
    const mime = SAME[file.type] ?? file.type;
    const why = refusal(file, mime, accepted, held + media.length);
    if (why) refused.push(why);
    else media.push({ kind: "media", mime, base64: await base64Of(file), name: plainName(file.name) });
  }
  return { media, refused };
}
