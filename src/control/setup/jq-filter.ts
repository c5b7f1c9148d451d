import type { FileJob } from "./editor/job.ts";
import type { Edit } from "./editor/text.ts";

const FILL = `def fill:
  if type == "string" then
    (if startswith($ENV.SETUP_FROM) then $ENV.SETUP_TO + .[($ENV.SETUP_FROM | length):] else . end)
    | gsub("\\\\{\\\\{key\\\\}\\\\}"; $ENV.SETUP_KEY) | gsub("\\\\{\\\\{model\\\\}\\\\}"; $ENV.SETUP_MODEL)
  elif type == "array" then map(fill)
  elif type == "object" then with_entries((.key |= fill) | (.value |= fill))
  else . end;`;

function stepOf(edit: Edit): string {
  const path = `(${JSON.stringify(edit.path)} | fill)`;
  switch (edit.op) {
    case "set":
      return `setpath(${path}; ${JSON.stringify(edit.value)} | fill)`;
    case "default":
      return `(if getpath(${path}) == null then setpath(${path}; ${JSON.stringify(edit.value)} | fill) else . end)`;
    case "unset":
      return `delpaths([${path}])`;
    case "items":
      return itemsStep(edit, path);
  }
}

function itemsStep({ id, owner, owners, values }: Extract<Edit, { op: "items" }>, path: string): string {
  const ours = `(.${JSON.stringify(owner)} | IN(${JSON.stringify(owners)}[]))`;
  const name = `.${JSON.stringify(id)}`;
  return `(${JSON.stringify(values)} | fill) as $values
  | setpath(${path}; reduce $values[] as $value (
      (getpath(${path}) // []) | map(select((${ours} | not) or (${name} as $id | any($values[]; ${name} == $id))));
      (map(${ours} and ${name} == ($value | ${name})) | index(true)) as $at
      | if $at == null then . + [$value] else .[$at] += $value end))`;
}

/** A jq program that makes the edits of a JSON file; key, model and origin come from the environment. */
export function jqFilter({ edits }: FileJob): string {
  return [FILL, edits.map(stepOf).join("\n| ")].join("\n");
}
