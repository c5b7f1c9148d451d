import { Link } from "wouter";
import { accountHome } from "./operator-here.ts";

/** Whose it is, by name, with the way there. */
export function AccountName({ id, name }: { id: string; name: string | null }) {
  return (
    <Link href={accountHome(id)} onClick={(event) => event.stopPropagation()}>
      {name ?? `${id.slice(0, 8)}…`}
    </Link>
  );
}
