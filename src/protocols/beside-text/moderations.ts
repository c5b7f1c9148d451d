import { asList, asObject, asWord, type JsonObject } from "../../core/json.ts";
import { editModel } from "../edit-model.ts";
import { badField, controlledFields, controlledMembers, requiredModel } from "../fields.ts";
import type { SideCodec } from "../protocol.ts";
import { headWithoutOutput, mostOf, wholeTap } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "input"]);

/** OpenAI's own where the field is absent (openai, `ModerationCreateParams.model`). */
const MODEL_DEFAULT = "omni-moderation-latest";

/** Strings, and the texts of parts. */
function textsOf(input: unknown): readonly string[] {
  if (typeof input === "string") return [input];
  return asList(input).map((item) => (typeof item === "string" ? item : asWord(asObject(item)?.text)));
}

/** Texts are judged one by one; parts of one message, such as an image beside its text, together. */
function countInputs(body: JsonObject): number {
  const { input } = body;
  if (typeof input === "string") return 1;
  if (!Array.isArray(input) || input.length === 0)
    throw badField("input", "this field is required: a string, a list of strings, or a list of parts.");
  return input.every((item) => typeof item === "string") ? input.length : 1;
}

export const moderations: SideCodec = {
  id: "openai-moderations",
  dialect: "openai",
  modelPaths: [["model"]],
  texts: ({ input }) => textsOf(input),
  readHead(body, bytes) {
    controlledMembers(bytes, CONTROLLED);
    const model = body.model === undefined || body.model === null ? MODEL_DEFAULT : requiredModel(body);
    return headWithoutOutput(body, mostOf(bytes), { model, choices: countInputs(body) });
  },
  editRequest: editModel,
  // `ModerationCreateResponse` (openai) reports no usage.
  tap: wholeTap(() => undefined),
};
