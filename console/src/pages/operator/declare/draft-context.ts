import { createContext, useContext } from "react";
import type { Declaration } from "../../../base/contract.ts";
import type { Draft, Path } from "./draft.ts";

/** The form that a field is in. */
export interface DraftHere {
  readonly draft: Draft;
  readonly set: (path: Path, value: unknown) => void;
  /** Several fields at once. */
  readonly replace: (draft: Draft) => void;
  /** What the API says of the field, or of anything in it. */
  readonly complaintOf: (path: Path) => string | undefined;
  /** What is changed; undefined: something new is declared. */
  readonly declaration: Declaration | undefined;
  /** As the API takes it: all of something new, of what is declared here only the changes. */
  readonly sent: () => Draft;
}

export const DraftContext = createContext<DraftHere | undefined>(undefined);

export function useDraft(): DraftHere {
  const here = useContext(DraftContext);
  if (!here) throw new Error("this field is in no form of a declaration");
  return here;
}
