import { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";
import type { Path, Problem } from "./problems.ts";

function step(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return step(schema.unwrap(), key);
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

/** The names that the object at the path may have. */
function fieldsAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  let found: z.core.$ZodType | undefined = schema;
  for (const key of path) found = found && step(found, key);
  while (found instanceof z.ZodOptional || found instanceof z.ZodDefault) found = found.unwrap();
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path)
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a section with fields",
  record: "a section with fields",
  boolean: "true or false",
};

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return TYPE_NAMES[typeof value] ?? typeof value;
}

function wrongType(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  const wanted = TYPE_NAMES[issue.expected] ?? issue.expected;
  if (value === undefined) return `is missing; it must be ${wanted}`;
  if (value === null) return `has no value; it must be ${wanted}`;
  const mend = issue.expected === "string" && typeof value === "number" ? "; put it in quotes" : "";
  return `is ${typeName(value)}; it must be ${wanted}${mend}`;
}

function wrongSize(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  if (issue.origin === "array") return `must have ${bound} in its list`;
  return `must be ${bound}${issue.origin === "string" ? " characters long" : ""}`;
}

function wrongValue(issue: z.core.$ZodIssueInvalidValue, value: unknown): string {
  if (value === undefined) return `is missing; it must be one of ${issue.values.join(", ")}`;
  if (!issue.message.startsWith("Invalid option")) return issue.message;
  const near = typeof value === "string" ? didYouMean(value, issue.values.map(String)) : "";
  return `must be one of ${issue.values.join(", ")}${near}`;
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue, value);
    case "too_small":
    case "too_big":
      return wrongSize(issue);
    case "invalid_value":
      return wrongValue(issue, value);
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a name that is allowed here";
    case "invalid_union":
      if (value === undefined) return "is missing";
      return issue.message === "Invalid input" ? "must be a value that JSON has" : issue.message;
    default:
      return issue.message;
  }
}

/** Zod's findings as sentences that name the mend. No value of the file is repeated: it may be a secret. */
export function explain(error: z.ZodError, schema: z.ZodType, root: unknown): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
    if (issue.code !== "unrecognized_keys") return [{ path, message: sentence(issue, valueAt(root, path)) }];
    const known = fieldsAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown field${didYouMean(key, known)}`,
    }));
  });
}
