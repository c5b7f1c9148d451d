import { createHash } from "node:crypto";

/** Where a part stands in the request. */
export interface PartPlace {
  readonly at: string;
  /** Index of its turn and of itself, which ids are minted from. */
  readonly turn: number;
  readonly index: number;
}

/** The same part of the same conversation has the same id on every turn, so that prompt caches hold. */
export function mintedId({ turn, index }: PartPlace, name: string): string {
  const hash = createHash("sha256").update(`${turn}/${index}/${name}`).digest("hex");
  return `call_${hash.slice(0, 24)}`;
}
