import { z } from "zod";
import { QUOIN_YAML } from "./schema.ts";

/** quoin.yaml for editors: JSON Schema 2020-12 with a description for every field. */
export function quoinJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(QUOIN_YAML, { io: "input", target: "draft-2020-12" });
  return { title: "quoin.yaml", ...schema };
}
