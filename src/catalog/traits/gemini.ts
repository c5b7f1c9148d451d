import type { Quirks } from "../../core/generation/traits.ts";
import { type Family, factsUpTo } from "./baseline.ts";

/** A name without a number (`gemini-flash-latest`) is the newest. */
const NEWEST = 9900;

/** 205 for `gemini-2.5-flash`; undefined where it is no Gemini. */
function generationOf(name: string): number | undefined {
  if (!name.startsWith("gemini") || name.includes("embedding")) return undefined;
  const found = /-(\d)(?:\.(\d))?(?!\d)/.exec(name);
  return found ? Number(found[1]) * 100 + Number(found[2] ?? 0) : NEWEST;
}

/** What each generation brought, at Google's own protocol. */
const GENERATIONS: readonly { readonly from: number; readonly facts: Quirks }[] = [
  {
    from: 0,
    facts: {
      media: ["image", "document", "audio", "video"],
      jsonSchema: false,
      webSearch: true,
      searchAlone: true,
    },
  },
  { from: 205, facts: { thinking: "budget", jsonSchema: true } },
  {
    from: 300,
    facts: {
      thinking: "level",
      efforts: ["minimal", "low", "medium", "high"],
      toolNameMax: 128,
      searchAlone: false,
    },
  },
];

/** Models that paint or speak do not let themselves be told how much to think. */
const UNTOLD = /image|tts|live|audio/;

/** The first Pro models of the third generation have two levels, the later ones three. */
function efforts(name: string, generation: number): Quirks {
  if (generation < 300 || !name.includes("-pro")) return {};
  return { efforts: generation === 300 ? ["low", "high"] : ["low", "medium", "high"] };
}

/** Google's own chat endpoint and resellers take an effort and bytes. */
function inChat({ thinking }: Quirks): Quirks {
  return {
    media: ["image", "document", "audio"],
    thinking: thinking === undefined || thinking === "none" ? "none" : "effort",
    efforts: ["minimal", "low", "medium", "high"],
  };
}

export const gemini: Family = ({ name, protocol }) => {
  const generation = generationOf(name);
  if (generation === undefined) return undefined;
  const facts: Quirks = {
    ...factsUpTo(generation, GENERATIONS),
    ...efforts(name, generation),
    ...(UNTOLD.test(name) && { thinking: "none" as const }),
  };
  return protocol === "gemini" ? facts : inChat(facts);
};
