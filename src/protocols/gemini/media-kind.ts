import type { MediaKind } from "../../core/generation/request.ts";

const VIDEO_SITE = /^https?:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i;
const IMAGE_NAME = /\.(?:png|jpe?g|gif|webp|heic|heif|bmp)(?:$|[?#])/i;

/** What kind of media a MIME type names; everything that is no picture, sound or film is a document. */
export function mediaKind(mime: string | undefined, url = ""): MediaKind {
  const family = mime?.split("/", 1)[0];
  if (family === "image" || family === "audio" || family === "video") return family;
  if (mime !== undefined) return "document";
  if (VIDEO_SITE.test(url)) return "video";
  return IMAGE_NAME.test(url) ? "image" : "document";
}
