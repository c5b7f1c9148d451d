import { api } from "../../base/api.ts";
import type { MadeKey } from "../../base/contract.ts";
import type { Here } from "../../shell/session.ts";

/** The label that its requests have. */
export const PLAYGROUND_PROJECT = "playground";

const LASTS_MS = 86_400_000;
/** Made anew a while before it ends. */
const MARGIN_MS = 600_000;

interface Kept {
  readonly key: string;
  readonly until: number;
}

function keptFor(name: string): Kept | undefined {
  try {
    const text = sessionStorage.getItem(`quoin.playground.${name}`);
    const kept = text === null ? undefined : (JSON.parse(text) as Kept);
    return kept && kept.until - MARGIN_MS > Date.now() ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The playground's own key: made when it is first needed, ends after a day, known to this tab alone. */
export async function playgroundKey(here: Here): Promise<string> {
  const kept = keptFor(here.name);
  if (kept) return kept.key;
  const until = Date.now() + LASTS_MS;
  const { key } = await api.post<MadeKey>(`${here.api}/keys`, {
    name: "Playground",
    project: PLAYGROUND_PROJECT,
    expires_at: new Date(until).toISOString(),
  });
  try {
    sessionStorage.setItem(`quoin.playground.${here.name}`, JSON.stringify({ key, until }));
  } catch {
    // Nothing may be stored here: the next page load makes another key.
  }
  return key;
}

/** After a key was refused: the next request makes another. */
export function forgetPlaygroundKey({ name }: Here): void {
  sessionStorage.removeItem(`quoin.playground.${name}`);
}
