import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { JsonObject } from "../../../core/json.ts";
import { checkFields, choicesOf, requireField, textOf } from "../fields.ts";

const SIDE_PIXELS = 64;
const IMAGES_MAX = 10;
/** What a picture of that size costs with OpenAI's models, about. */
const TOKENS_PER_IMAGE = 272;

function chunk(name: string, bytes: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), bytes]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(bytes.length, 0);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}

/** A square PNG that fades from one colour of the prompt's hash to another. */
function picture(seed: string): Buffer {
  const hash = createHash("sha256").update(seed).digest();
  const rows = Buffer.alloc(SIDE_PIXELS * (1 + 3 * SIDE_PIXELS));
  for (let y = 0; y < SIDE_PIXELS; y++)
    for (let x = 0; x < SIDE_PIXELS; x++)
      for (let color = 0; color < 3; color++) {
        const share = (x + y) / (2 * SIDE_PIXELS);
        const value = (hash[color] ?? 0) * (1 - share) + (hash[color + 3] ?? 0) * share;
        rows[y * (1 + 3 * SIDE_PIXELS) + 1 + 3 * x + color] = Math.round(value);
      }
  const head = Buffer.from([0, 0, 0, SIDE_PIXELS, 0, 0, 0, SIDE_PIXELS, 8, 2, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

/** `ImagesResponse` (openai): fades of two colours that the prompt decides. */
export function demoImages(body: JsonObject, countTokens: (text: string) => number): JsonObject {
  requireField(body, "prompt", "say what the image shows");
  checkFields(body, { prompt: "text", n: "count" });
  const prompt = textOf(body.prompt);
  const n = choicesOf(body.n, "n", IMAGES_MAX);
  const data = Array.from({ length: n }, (_, index) => ({
    b64_json: picture(`${index} ${prompt}`).toString("base64"),
  }));
  const [input, output] = [countTokens(prompt), n * TOKENS_PER_IMAGE];
  return {
    created: Math.floor(Date.now() / 1000),
    output_format: "png",
    data,
    usage: {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + output,
      input_tokens_details: { text_tokens: input, image_tokens: 0 },
    },
  };
}
