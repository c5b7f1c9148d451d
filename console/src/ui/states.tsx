import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../base/api.ts";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

/** What a page shows where there is nothing yet: why, and the next step. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-mark">
        <Icon name={icon} size={26} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}

function sentenceOf(error: Error): string {
  return error instanceof ApiError ? error.message : t("failed.unreachable");
}

type FailedProps = ({ error: Error; text?: never } | { error?: never; text: string }) & {
  onRetry: () => void;
};

export function Failed({ error, text, onRetry }: FailedProps) {
  return (
    <div className="failed" role="alert">
      <Icon name="warning" />
      <p>{error ? sentenceOf(error) : text}</p>
      <Button small icon="refresh" onClick={onRetry}>
        {t("failed.retry")}
      </Button>
    </div>
  );
}

/** Grey lines in the place of what is being loaded. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  const rows = Array.from({ length: lines }, (_, index) => `line-${index}`);
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{t("loading")}</span>
      {rows.map((row) => (
        <span key={row} className="bone" />
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (found: T) => ReactNode;
}

/** What a query found, or that it is on its way, or why it failed with a way to try again. */
export function Loaded<T>({ query, lines, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton {...(lines === undefined ? {} : { lines })} />;
}
