import type { ReactNode } from "react";
import type { useList } from "../../base/use-list.ts";
import { Card } from "../../ui/page.tsx";
import { Failed, Skeleton } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";

interface ListCardProps<Row> {
  label: string;
  list: ReturnType<typeof useList<Row>>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** In place of the table where there are no rows. */
  empty: ReactNode;
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
}

/** A list of the API as a table in a card, with its states. */
export function ListCard<Row>({ label, list, columns, rowKey, empty, ...head }: ListCardProps<Row>) {
  const { rows, error, retry, more } = list;
  return (
    <Card flush {...head}>
      {error && <Failed error={error} onRetry={retry} />}
      {!rows && !error && <Skeleton lines={6} />}
      {rows?.length === 0 && empty}
      {rows && rows.length > 0 && (
        <Table label={label} columns={columns} rows={rows} rowKey={rowKey} more={more} />
      )}
    </Card>
  );
}
