// What the scripts of this folder share: the case they are asked, and the one tool that they bring.
import { writeFile } from "node:fs/promises";

export const [, , PROTOCOL, CASE] = process.argv;
export const { QUOIN_URL, QUOIN_KEY, QUOIN_MODEL, QUOIN_PROMPT } = process.env;
export const STREAMS = CASE !== "answer";

export const TOOL = {
  name: "lay_stone",
  description: "writes a file",
  schema: {
    type: "object",
    properties: { name: { type: "string" }, content: { type: "string" } },
    required: ["name", "content"],
    additionalProperties: false,
  },
};

export async function layStone({ name, content }) {
  await writeFile(name, content);
  return "laid";
}

const STEPS_MAX = 4;

/** Asks until an answer has no call; `ask` resolves with the text, or with undefined when it has run a call. */
export async function untilAnswered(ask) {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const text = await ask();
    if (text === undefined) continue;
    console.log(text);
    return;
  }
  throw new Error(`no answer in ${STEPS_MAX} steps`);
}

/** Runs what PROTOCOL names, and shows an error as a user's own program would. */
export async function runChosen(byProtocol) {
  try {
    await byProtocol[PROTOCOL]();
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}
