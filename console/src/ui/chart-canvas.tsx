import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { useStore } from "../base/store.ts";
import { shownStore } from "../base/theme.ts";
import type { ChartProps } from "./chart.tsx";

const HEIGHT_PX = 220;
const SPARSE = 10;
const BAR_SHARE = 0.72;
const BAR_PX_MAX = 44;

const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Each series on top of those before it, so that the last one is the whole. */
function stacked(series: ChartProps["series"]): (number | null)[][] {
  const floor: number[] = [];
  return series.map(({ values }) =>
    values.map((value, index) => {
      const top = (floor[index] ?? 0) + (value ?? 0);
      floor[index] = top;
      return top;
    }),
  );
}

function seriesOf({ series, kind }: ChartProps): uPlot.Series[] {
  const drawn = series.map(({ label, color, values }): uPlot.Series => {
    // A line needs two points; few of them are seen as points.
    const isSparse = values.filter((value) => value !== null).length < SPARSE;
    const paint = token(color);
    if (kind === "bars") {
      const paths = uPlot.paths.bars?.({ size: [BAR_SHARE, BAR_PX_MAX], radius: 0.12 });
      return {
        label,
        fill: paint,
        stroke: paint,
        width: 0,
        points: { show: false },
        ...(paths && { paths }),
      };
    }
    return {
      label,
      stroke: paint,
      width: 2,
      spanGaps: true,
      points: { show: isSparse, size: 7, fill: paint },
    };
  });
  // Higher ones are drawn first, and lower ones over them.
  return kind === "bars" ? drawn.toReversed() : drawn;
}

/** Half a step beyond both ends, so that the outer bars are whole; in seconds. */
function spanOf({ times }: ChartProps): [number, number] {
  const [first = 0, second = first + 1] = times;
  const half = (second - first) / 2;
  return [(first - half) / 1000, ((times.at(-1) ?? first) + half) / 1000];
}

const TICK_PX = 84;

/** As many of the times as there is room to write, the last one among them. */
function ticksOf(times: readonly number[], width: number): number[] {
  const every = Math.max(1, Math.ceil(times.length / Math.max(2, Math.floor(width / TICK_PX))));
  return times.filter((_, index) => (times.length - 1 - index) % every === 0);
}

function optionsOf(
  props: ChartProps,
  width: number,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const font = `12px ${token("--sans")}`;
  const axis = { stroke: token("--ink-3"), font, ticks: { show: false }, grid: { show: false } };
  const grid = { show: true, stroke: token("--line"), width: 1 };
  return {
    width,
    height: HEIGHT_PX,
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: props.kind === "lines" } },
    scales: {
      x: { range: () => spanOf(props) },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 32,
        splits: () => ticksOf(props.times, width).map((time) => time / 1000),
        values: (_plot, splits) => splits.map((seconds) => props.tick(seconds * 1000)),
      },
      { ...axis, grid, size: 62, values: (_plot, splits) => splits.map((value) => props.format(value)) },
    ],
    series: [{}, ...seriesOf(props)],
    hooks: { setCursor: [({ cursor: { idx } }) => onCursor(idx ?? null)] },
  };
}

function Tip({ props, index }: { props: ChartProps; index: number }) {
  const { times, series, format, when } = props;
  const late = index >= times.length / 2;
  return (
    <div className="chart-tip" style={late ? { left: 66 } : { right: 12 }}>
      <p className="when">{when(times[index] ?? 0)}</p>
      {series.map(({ label, color, values }) => (
        <p key={label} className="legend-row">
          <span className="swatch" style={{ background: `var(${color})` }} />
          {label}
          <b>{values[index] == null ? "–" : format(values[index])}</b>
        </p>
      ))}
    </div>
  );
}

/** The drawing itself, with what is under the pointer; loaded apart from the page, since uPlot is large. */
export function ChartCanvas(props: ChartProps) {
  const { times, series, kind, onPick } = props;
  const place = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  const theme = useStore(shownStore);
  const latest = useRef(props);
  latest.current = props;
  const shape = JSON.stringify([theme, kind, times, series]);
  useEffect(() => {
    const box = place.current;
    if (!box || shape === "") return;
    const now = latest.current;
    const rows =
      now.kind === "bars" ? stacked(now.series).toReversed() : now.series.map(({ values }) => [...values]);
    const columns = [now.times.map((time) => time / 1000), ...rows] as uPlot.AlignedData;
    const plot = new uPlot(optionsOf(now, box.clientWidth, setIndex), columns, box);
    const observer = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT_PX }));
    observer.observe(box);
    plot.over.addEventListener("click", () => {
      const at = plot.cursor.idx;
      if (at != null) latest.current.onPick?.(at);
    });
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [shape]);
  return (
    <div className={onPick ? "chart-canvas pickable" : "chart-canvas"} aria-hidden="true">
      <div ref={place} />
      {index !== null && index < times.length && <Tip props={props} index={index} />}
    </div>
  );
}
