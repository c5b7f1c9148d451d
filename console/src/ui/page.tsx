import { type ReactNode, useEffect } from "react";
import { brandName } from "../shell/meta.ts";

interface PageProps {
  title: string;
  lead?: ReactNode;
  /** What can be done here, at the head's end. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page's head and body; its title is the window's too. */
export function Page({ title, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface CardProps {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** What is inside reaches to the edges, as tables do. */
  flush?: boolean;
}

export function Card({ title, lead, actions, children, flush = false }: CardProps) {
  return (
    <section className={flush ? "card flush" : "card"}>
      {(title || actions) && (
        <header className="card-head">
          <div>
            {title && <h2>{title}</h2>}
            {lead && <p className="hint">{lead}</p>}
          </div>
          {actions && <div className="card-actions">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

type Mood = "good" | "warn" | "bad" | "plain" | "accent";

export function Badge({ mood = "plain", children }: { mood?: Mood; children: ReactNode }) {
  return <span className={`badge ${mood}`}>{children}</span>;
}

/** Facts as name and value, one below the other. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
