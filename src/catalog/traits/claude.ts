import type { Quirks } from "../../core/generation/traits.ts";
import { type Family, factsUpTo } from "./baseline.ts";

const GENERATION =
  /claude-?(?:instant-)?(?:(?:opus|sonnet|haiku|fable|mythos)-)?v?(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?/;

/** A name without a number is the newest of its line. */
const NEWEST = 9900;

/** 405 for `claude-opus-4-5-20251101` and `claude-4.5-sonnet`; undefined where it is no Claude. */
function generationOf(name: string): number | undefined {
  if (!name.includes("claude")) return undefined;
  if (name.includes("mythos-preview")) return 407;
  const found = GENERATION.exec(name);
  return found ? Number(found[1]) * 100 + Number(found[2] ?? 0) : NEWEST;
}

/** What each generation brought, at Anthropic's own protocol. */
const MESSAGES: readonly { readonly from: number; readonly facts: Quirks }[] = [
  { from: 0, facts: { thinking: "none", media: [] } },
  { from: 300, facts: { media: ["image"] } },
  { from: 305, facts: { media: ["image", "document"], webSearch: true } },
  { from: 307, facts: { thinking: "budget" } },
  { from: 401, facts: { temperatureOrTopP: true } },
  { from: 405, facts: { schemaOutput: true } },
  { from: 406, facts: { thinking: "adaptive", efforts: ["low", "medium", "high", "max"] } },
  { from: 407, facts: { sampling: false, efforts: ["low", "medium", "high", "xhigh", "max"] } },
  { from: 408, facts: { systemAnywhere: true } },
];

/** Servers that sell Claude over chat keep the model's rules, and take an effort for any that thinks. */
function inChat({ thinking, sampling, temperatureOrTopP, media }: Quirks): Quirks {
  return {
    thinking: thinking === "none" ? "none" : "effort",
    ...(media && { media: media.filter((kind) => kind === "image") }),
    ...(sampling !== undefined && { sampling }),
    ...(temperatureOrTopP !== undefined && { temperatureOrTopP }),
  };
}

export const claude: Family = ({ name, protocol }) => {
  const generation = generationOf(name);
  if (generation === undefined) return undefined;
  const facts = factsUpTo(generation, MESSAGES);
  return protocol === "anthropic-messages" ? { ...facts, mediaUrls: true } : inChat(facts);
};
