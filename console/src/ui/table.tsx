import type { ReactNode } from "react";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their cell. */
  readonly align?: "end";
  /** The first line of a row's card on a phone. */
  readonly lead?: boolean;
  /** A cell of buttons: its head is for screen readers only. */
  readonly bare?: boolean;
}

interface TableProps<Row> {
  /** What the table is of, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  onRow?: ((row: Row) => void) | undefined;
  /** There are more: how to get them. */
  more?: { readonly load: () => void; readonly busy: boolean } | undefined;
}

function classOf<Row>({ align, lead, bare }: Column<Row>): string {
  return [align === "end" && "end", lead && "lead", bare && "bare"].filter(Boolean).join(" ");
}

/** Rows under a head that stays; on a phone each row is a card. Rows are opened by the link in their lead cell. */
export function Table<Row>({ label, columns, rows, rowKey, onRow, more }: TableProps<Row>) {
  return (
    <div className="table-frame">
      <table className={onRow ? "table pressable" : "table"} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={classOf(column)}>
                <span className={column.bare ? "visually-hidden" : undefined}>{column.head}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} onClick={onRow && (() => onRow(row))}>
              {columns.map((column) => (
                <td key={column.head} className={classOf(column)} data-head={column.head}>
                  <span className="cell">{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <div className="table-more">
          <Button onClick={more.load} busy={more.busy}>
            {t("table.more")}
          </Button>
        </div>
      )}
    </div>
  );
}
