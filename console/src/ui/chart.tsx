import { lazy, type ReactNode, Suspense, useState } from "react";
import { t } from "../i18n/t.ts";
import { IconButton } from "./button.tsx";
import { Card } from "./page.tsx";
import { Scrollable } from "./scrollable.tsx";

export interface ChartSeries {
  readonly label: string;
  /** The name of a colour of tokens.css, such as `--series-1`. */
  readonly color: string;
  /** One for each time; null: nothing was measured. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Bars stand on each other; lines do not. */
  readonly kind: "bars" | "lines";
  /** A value with its unit. */
  readonly format: (value: number) => string;
  readonly when: (time: number) => string;
  /** The same in few letters, below the drawing. */
  readonly tick: (time: number) => string;
  /** Goes to what is behind a point of time. */
  readonly onPick?: (index: number) => void;
}

const ChartCanvas = lazy(async () => ({ default: (await import("./chart-canvas.tsx")).ChartCanvas }));

function ChartTable({ title, times, series, format, when, onPick }: ChartProps & { title: string }) {
  return (
    <Scrollable className="chart-table" label={title}>
      <table className="table plain">
        <thead>
          <tr>
            <th scope="col">{t("chart.time")}</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="end">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => (
            <tr key={time}>
              <th scope="row">
                {onPick ? (
                  <button type="button" className="link" onClick={() => onPick(index)}>
                    {when(time)}
                  </button>
                ) : (
                  when(time)
                )}
              </th>
              {series.map(({ label, values }) => (
                <td key={label} className="end">
                  {values[index] == null ? "–" : format(values[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <div className="legend">
      {series.map(({ label, color }) => (
        <span key={label} className="legend-row">
          <span className="swatch" style={{ background: `var(${color})` }} />
          {label}
        </span>
      ))}
    </div>
  );
}

/** A drawing over time in a card; the same as a table at the press of a button. */
export function ChartCard({ title, lead, ...chart }: ChartProps & { title: string; lead?: ReactNode }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title={title}
      lead={lead}
      actions={
        <IconButton
          icon={asTable ? "overview" : "table"}
          label={t(asTable ? "chart.as-picture" : "chart.as-table", { title })}
          onClick={() => setAsTable(!asTable)}
        />
      }
    >
      {asTable ? (
        <ChartTable title={title} {...chart} />
      ) : (
        <div className="chart">
          <Suspense fallback={<div className="chart-canvas" />}>
            <ChartCanvas {...chart} />
          </Suspense>
          {chart.series.length > 1 && <Legend series={chart.series} />}
        </div>
      )}
    </Card>
  );
}
