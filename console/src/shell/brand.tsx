import { useState } from "react";
import { Link } from "wouter";
import { useMeta } from "./meta.ts";

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path d="M7 7h11v5H7zm13 0h5v5h-5zM7 14h5v5H7zm7 0h11v5H14zM7 21h11v4H7z" fill="var(--accent-ink)" />
      <path d="M20 21h5v4h-5z" fill="#e9b283" />
    </svg>
  );
}

/** The operator's logo and name, leading to the first page. */
export function Brand() {
  const { brand } = useMeta();
  const [broken, setBroken] = useState(false);
  return (
    <Link href="/" className="brand">
      {brand.logo && !broken ? <img src={brand.logo} alt="" onError={() => setBroken(true)} /> : <Mark />}
      <span>{brand.name}</span>
    </Link>
  );
}
