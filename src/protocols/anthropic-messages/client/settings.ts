import { present } from "../../../base/present.ts";
import {
  EFFORTS,
  type Effort,
  type OutputFormat,
  type Reasoning,
  type Sampling,
} from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { keptMembers } from "../kept-members.ts";
import { optionalObject } from "./node.ts";

/** What of a request's settings was read, and what of them is kept. */
export interface ReadSetting<T> {
  readonly value: T;
  readonly kept: JsonObject;
}

const MODES: Readonly<Record<string, Reasoning["mode"]>> = {
  enabled: "on",
  adaptive: "auto",
  disabled: "off",
  between_tools: "auto",
};

const SHOWN: Readonly<Record<string, Reasoning["show"]>> = {
  summarized: "summary",
  omitted: "none",
  updates: "summary",
};

const THINKING = new Set(["type", "budget_tokens", "display"]);

function ownOf<T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined {
  return typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined;
}

function readThinking(thinking: JsonObject, { raw }: DecodeContext): ReadSetting<Reasoning> {
  const { type, budget_tokens: budget, display } = thinking;
  const mode = ownOf(MODES, type);
  if (mode === undefined) throw badField("thinking.type", 'must be "enabled", "adaptive" or "disabled".');
  const show = ownOf(SHOWN, display);
  // Without a type there is no such object, so its being there needs no note.
  const { "$has.thinking": _, ...rest } = keptMembers(thinking, THINKING, raw, "thinking");
  const kept: Record<string, unknown> = rest;
  if (type === "between_tools") kept.$thinking = type;
  if (typeof display === "string" && (show === undefined || display === "updates")) kept.$display = display;
  const budgetTokens = typeof budget === "number" ? budget : undefined;
  return { value: { mode, ...present({ budgetTokens, show }) }, kept };
}

function readEffort(value: unknown): Effort | undefined {
  return EFFORTS.find((effort) => effort === value);
}

const OUTPUT = new Set(["effort", "format"]);

/** `thinking` and `output_config.effort`. */
export function readReasoning(body: JsonObject, context: DecodeContext): ReadSetting<Reasoning> {
  const thinking = optionalObject(body, "thinking");
  const { value, kept } = thinking ? readThinking(thinking, context) : { value: {}, kept: {} };
  const output = optionalObject(body, "output_config");
  if (!output) return { value, kept };
  const effort = readEffort(output.effort);
  const known = effort === undefined ? new Set(["format"]) : OUTPUT;
  return {
    value: { ...value, ...present({ effort }) },
    kept: { ...kept, ...keptMembers(output, known, context.raw, "output_config") },
  };
}

const FORMAT = new Set(["type", "schema"]);

/** `output_config.format`, or `output_format` as its beta called it. */
export function readFormat(body: JsonObject, context: DecodeContext): ReadSetting<OutputFormat> {
  const current = asObject(asObject(body.output_config)?.format);
  const format = current ?? asObject(body.output_format);
  if (!format) return { value: { type: "text" }, kept: {} };
  const field = current ? "output_config.format" : "output_format";
  const schema = asObject(format.schema);
  if (format.type !== "json_schema" || !schema) {
    throw badField(field, 'must be {"type": "json_schema", "schema": {…}}.');
  }
  const rest = keptMembers(format, FORMAT, context.raw);
  const note = Object.keys(rest).length > 0 ? { $format: rest } : {};
  return {
    value: { type: "schema", schema: context.raw.of(schema) },
    kept: current ? note : { ...note, $formatField: "output_format" },
  };
}

function optionalNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw badField(name, "must be a number.");
  return value;
}

function readStops(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const stops = Array.isArray(value) ? value.filter((stop) => typeof stop === "string") : undefined;
  if (!stops || stops.length !== (value as unknown[]).length) {
    throw badField("stop_sequences", "must be a list of strings.");
  }
  return stops;
}

export function readSampling(body: JsonObject): Sampling {
  return present({
    temperature: optionalNumber(body, "temperature"),
    topP: optionalNumber(body, "top_p"),
    topK: optionalNumber(body, "top_k"),
    stop: readStops(body.stop_sequences),
  });
}
