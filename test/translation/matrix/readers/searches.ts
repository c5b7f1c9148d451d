import type { MeantTool } from "../meaning.ts";

/** What a web search may look at, where it is said. */
export function searchOf(
  domains: readonly string[] | null | undefined,
  location: { city?: string | null; country?: string | null } | null | undefined,
): Pick<MeantTool, "search"> {
  const search = {
    ...(domains?.length && { domains }),
    ...(location?.city && { city: location.city }),
    ...(location?.country && { country: location.country }),
  };
  return Object.keys(search).length === 0 ? {} : { search };
}
