/** Outlines on a grid of 24, drawn with a stroke of the text's colour. */
const PATHS = {
  overview: "M4 19V9m5 10V5m5 14v-7m5 7V8",
  keys: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm4-4h9m-3 0v3m-3-3v2",
  wallet:
    "M4 7.5A2.5 2.5 0 0 1 6.5 5H18v3M4 7.5V17a2 2 0 0 0 2 2h13a1 1 0 0 0 1-1V9a1 1 0 0 0-1-1H4.6M16.5 13.5h.01",
  requests: "M4 6h10M4 12h16M4 18h7",
  models: "M12 3 4 7.5v9L12 21l8-4.5v-9L12 3Zm0 9 8-4.5M12 12 4 7.5M12 12v9",
  connect: "M9 7V3m6 4V3M7 7h10v4a5 5 0 0 1-10 0V7Zm5 9v5",
  playground: "M5 5h14v10H9l-4 4V5Zm4 4h6m-6 3h3",
  members:
    "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 8c.5-3 2.8-5 6-5s5.5 2 6 5m1-8a3 3 0 0 0 0-6m2 8.500c1.7.8 2.7 2.3 3 4.5",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm7-3a7 7 0 0 0-.1-1.200l2-1.6-2-3.4-2.4 1a7 7 0 0 0-2-1.200L14 3h-4l-.4 2.600a7 7 0 0 0-2 1.200l-2.4-1-2 3.4 2 1.600a7 7 0 0 0 0 2.400l-2 1.6 2 3.4 2.4-1a7 7 0 0 0 2 1.200L10 21h4l.4-2.600a7 7 0 0 0 2-1.200l2.4 1 2-3.4-2-1.600c.1-.4.2-.8.2-1.200Z",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8c.8-3.6 3.7-5.5 7.5-5.500s6.7 1.9 7.5 5.5",
  more: "M6 12a1 1 0 1 0-2 0 1 1 0 0 0 2 0Zm7 0a1 1 0 1 0-2 0 1 1 0 0 0 2 0Zm7 0a1 1 0 1 0-2 0 1 1 0 0 0 2 0Z",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-4M5 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z",
  check: "m5 12.5 4.5 4.500L19 7.5",
  plus: "M12 5v14M5 12h14",
  chevron: "m9 6 6 6-6 6",
  down: "m6 9 6 6 6-6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm9 2-4-4",
  external: "M14 4h6v6m0-6-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  download: "M12 4v11m0 0-4-4m4 4 4-4M4 20h16",
  warning: "M12 4 2.8 19.500h18.400L12 4Zm0 6v4m0 2.500h.01",
  refresh: "M20 11a8 8 0 0 0-14.5-4L4 9m0-5v5h5M4 13a8 8 0 0 0 14.5 4L20 15m0 5v-5h-5",
  light:
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400m0-12.800L17 7M7 17l-1.4 1.4",
  dark: "M20 14.500A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.500Z",
  auto: "M12 4a8 8 0 1 0 0 16V4Zm0 0a8 8 0 0 1 0 16",
  language: "M4 6h10M9 4v2m3 0c-.7 4-3.5 7-7 8.500M6.5 9c1 2.5 3 4.5 5.5 5.500M12 20l4-10 4 10m-6.8-3h5.6",
  live: "M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2Zm4.2 3.200a6 6 0 0 0 0-8.400m-8.4 8.400a6 6 0 0 1 0-8.400m11.2 11.200a10 10 0 0 0 0-14M5 19A10 10 0 0 1 5 5",
  table: "M4 5h16v14H4V5Zm0 5h16M10 5v14",
  attach:
    "m20 11-8.500 8.500a5 5 0 0 1-7-7L13 4a3.400 3.400 0 0 1 4.800 4.800L9.500 17a1.700 1.700 0 0 1-2.400-2.400L14.500 7",
  send: "M4 12 20 4l-6 16-3-7-7-1Z",
  stop: "M7 7h10v10H7z",
  trash: "M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13",
  shield: "M12 3 5 6v5c0 4.5 2.8 8 7 10 4.2-2 7-5.5 7-10V6l-7-3Z",
  operator: "M4 6h16M4 12h16M4 18h16M8 4v4m8 2v4m-6 2v4",
  filter: "M4 6h16M7 12h10m-7 6h4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3.500 2",
  tag: "M4 4h8l8 8-8 8-8-8V4Zm4 4h.01",
  server: "M4 5h16v6H4V5Zm0 8h16v6H4v-6Zm4-5h.01M8 16h.01",
  building: "M6 21V4h12v17M3 21h18M10 8h.01M14 8h.01M10 12h.01M14 12h.01M10 21v-4h4v4",
  exit: "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8m-4-8h11m0 0-4-4m4 4-4 4",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text that says the same: it is hidden from screen readers. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
