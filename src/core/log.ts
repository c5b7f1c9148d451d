/** One line of the operator's log. Fields never carry a key, a credential or a body. */
export type Log = (
  level: "debug" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
