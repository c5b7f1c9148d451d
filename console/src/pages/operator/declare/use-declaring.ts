import { useSearchParams } from "wouter";

/** Which form of declarations is open, as it stands in the page's address: `?new`, `?edit=ID`. */
export function useDeclaring() {
  const [search, setSearch] = useSearchParams();
  const edited = search.get("edit") ?? undefined;
  return {
    open: edited !== undefined || search.has("new"),
    /** Undefined: something new. */
    edited,
    make: () => setSearch({ new: "" }),
    change: (id: string) => setSearch({ edit: id }),
    close: () => setSearch({}),
  };
}
