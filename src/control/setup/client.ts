import type { WireProtocol } from "../../core/protocol.ts";
import type { FileJob } from "./editor/job.ts";
import type { Edit, Value } from "./editor/text.ts";
import type { BaseUrls, Offer, OfferedModel } from "./offer.ts";

/** Which base URL and header a client uses; the check at the end asks that way. */
export type Dialling = "anthropic" | "openai" | "gemini" | "codex";

/** What a row of the table makes its files and lines of. */
export interface View {
  readonly offer: Offer;
  readonly urls: BaseUrls;
  /** Name of the provider in tools that know several. */
  readonly slug: string;
  /** Those that the client can ask for. */
  readonly models: readonly OfferedModel[];
}

/** A tool: which settings of which files make it use the gateway. */
export interface Client {
  readonly id: string;
  readonly title: string;
  readonly dialling: Dialling;
  readonly protocols: readonly WireProtocol[];
  /** The model that it begins with, among those that it can ask for. */
  readonly prefers?: RegExp;
  /** Commands, and folders as `expandPath` takes them, that show that it is here. */
  readonly commands: readonly string[];
  readonly traces: readonly string[];
  readonly shadows: readonly string[];
  readonly files: (view: View) => readonly FileJob[];
  /** How to start it; or, where the settings lie inside an editor, what to do there. */
  readonly lines: (view: View) => readonly string[];
}

/** Stands for the key and the model in files and lines until the person names them. */
export const KEY = "{{key}}";
export const MODEL = "{{model}}";

export function set(path: string, value: Value): Edit {
  return { op: "set", path: path.split("."), value };
}

/** As `set`, below a path whose last name may have dots in it. */
export function setIn(path: string, name: string, value: Value): Edit {
  return { op: "set", path: [...path.split(".").filter((step) => step !== ""), name], value };
}

export function preset(path: string, value: Value): Edit {
  return { op: "default", path: path.split("."), value };
}

export function unset(path: string): Edit {
  return { op: "unset", path: path.split(".") };
}

/** Variables for a `.env` file or for the shell's start file. */
export function variables(values: Readonly<Record<string, string>>): Edit[] {
  return Object.entries(values).map(([name, value]) => ({ op: "set", path: [name], value }));
}

/** Every address of ours that an older run may have written, with and without the slash at the end. */
export function ownedUrls({ offer, urls }: View): string[] {
  const origins = [offer.origin, ...offer.hosts.map(({ origin }) => origin)];
  const own = [urls.anthropic, `${urls.anthropic}/v1`, urls.openai, urls.gemini];
  const moved = origins.flatMap((origin) =>
    own.map((url) => (url.startsWith(offer.origin) ? origin + url.slice(offer.origin.length) : url)),
  );
  return [...new Set(moved)].flatMap((url) => [url, `${url}/`]);
}
