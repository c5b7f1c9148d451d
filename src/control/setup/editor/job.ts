import { editJson } from "./json-edit.ts";
import { editDotenv, editProfile, type Shell } from "./line-edit.ts";
import type { Edit } from "./text.ts";
import { editToml } from "./toml-edit.ts";
import { editYaml } from "./yaml-edit.ts";

export type Format = "json" | "toml" | "yaml" | "dotenv" | "profile";

/** One settings file of a client and what to change in it. */
export interface FileJob {
  readonly format: Format;
  /** Where it may lie, as `expandPath` takes them: the first that exists, else the first. */
  readonly paths: readonly string[];
  /** The same on Windows, where it differs. */
  readonly windows?: readonly string[];
  readonly edits: readonly Edit[];
}

/** All that a client needs, as plain JSON: what every editor program and script is given. */
export interface Job {
  readonly client: string;
  readonly title: string;
  /** Names our files and blocks: letters, digits and dashes. */
  readonly slug: string;
  /** `https://host`, which stands at the head of addresses in the edits. */
  readonly origin: string;
  /** Other origins of the same service, by region. */
  readonly hosts: readonly { readonly origin: string; readonly region: string; readonly place: string }[];
  /** What `{{model}}` stands for when nobody names another. */
  readonly model: string;
  readonly files: readonly FileJob[];
  /** Variables that win over the files when they are set. */
  readonly shadows: readonly string[];
}

/** What the person chose. */
export interface Choice {
  readonly key: string;
  readonly model?: string | undefined;
  /** One of the job's origins. */
  readonly origin?: string | undefined;
}

function fillText(text: string, job: Job, { key, model, origin }: Choice): string {
  const moved = origin !== undefined && text.startsWith(`${job.origin}/`);
  const filled = moved || text === job.origin ? (origin ?? job.origin) + text.slice(job.origin.length) : text;
  return filled.replaceAll("{{key}}", key).replaceAll("{{model}}", model ?? job.model);
}

function fill(value: unknown, job: Job, choice: Choice): unknown {
  if (typeof value === "string") return fillText(value, job, choice);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, job, choice));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [fillText(name, job, choice), fill(member, job, choice)]),
  );
}

/** The job with the choice in place of `{{key}}`, `{{model}}` and its origin. */
export function fillJob(job: Job, choice: Choice): Job {
  const files = job.files.map((file) => ({
    ...file,
    edits: fill(file.edits, job, choice) as readonly Edit[],
  }));
  return { ...job, files };
}

/** A file's text after all edits of a filled job. @throws Unreadable */
export function editFile(text: string, file: FileJob, mark: string, shell: Shell): string {
  if (file.format === "profile") return editProfile(text, mark, file.edits, shell);
  const edit = { json: editJson, toml: editToml, yaml: editYaml, dotenv: editDotenv }[file.format];
  return file.edits.reduce((result, step) => edit(result, step), text);
}
