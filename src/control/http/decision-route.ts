import type { OperatorPermission } from "../../accounts/permissions.ts";
import { DONE, IS_DONE } from "../contract/done.ts";
import { ID } from "../contract/shapes.ts";
import { runOperation } from "../operations.ts";
import type { AuditNote, areaOf, Route } from "./route.ts";

interface Decision<Told> extends Pick<Route, "method" | "path" | "summary" | "description"> {
  readonly requires: OperatorPermission;
  /** Of the operation, and of the write in the audit. */
  readonly audit: string;
  /** What `{id}` in the path is. */
  readonly id?: typeof ID;
  /** What the audit says of what the operation answered. */
  readonly noteOf: (told: Told) => AuditNote;
}

/** An operator's word on one thing that waits for it: runs the operation on the id of the path. */
export function decisionRoute<Told extends object>(
  area: ReturnType<typeof areaOf>,
  { noteOf, id = ID, ...spec }: Decision<Told>,
): Route {
  return area.operator({
    ...spec,
    params: { id },
    answer: DONE,
    errors: ["not_found"],
    async handle({ deps, params, note }) {
      note(noteOf((await runOperation(deps.control, spec.audit, params)) as Told));
      return IS_DONE;
    },
  });
}
