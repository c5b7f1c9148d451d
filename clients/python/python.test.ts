/** The official SDKs of requirements.txt, unmodified, sync and async. */
import { requiredVariable } from "../required-tool.ts";
import { describeScripts } from "../scripts.ts";

const python = requiredVariable("python SDKs", "QUOIN_TEST_PYTHON");

if (python !== undefined) {
  describeScripts({
    name: "Python SDKs",
    program: python,
    folder: import.meta.dir,
    scripts: [
      { file: "openai_sdk.py", protocols: ["openai-chat", "openai-responses", "openai-completions"] },
      { file: "anthropic_sdk.py", protocols: ["anthropic-messages"] },
      { file: "genai_sdk.py", protocols: ["gemini"] },
      { file: "beside_text.py", protocols: [] },
    ],
  });
}
