/** Members whose values differ from answer to answer. */
const VARIES =
  /^(?:id|.*_id|.*Id|created|created_at|completed_at|system_fingerprint|obfuscation|at|start_ms|took_ms|value|kid|reset)$/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Where an answer differs from what a page shows of it, as paths. Members that the page leaves out do not count,
 * a string or a list that the page ends with … may go on, ids and times only have to be there.
 */
export function differences(shown: unknown, answered: unknown, path = ""): string[] {
  if (Array.isArray(shown)) {
    if (!Array.isArray(answered)) return [`${path}: no list`];
    const cut = shown.at(-1) === "…";
    const items = cut ? shown.slice(0, -1) : shown;
    const length = cut || items.length === answered.length ? [] : [`${path}: ${answered.length} items`];
    return [...length, ...items.flatMap((item, at) => differences(item, answered[at], `${path}[${at}]`))];
  }
  if (isObject(shown)) {
    if (!isObject(answered)) return [`${path}: no object`];
    return Object.entries(shown).flatMap(([key, value]) => {
      if (!Object.hasOwn(answered, key)) return [`${path}.${key}: not there`];
      if (VARIES.test(key) && typeof value === typeof answered[key]) return [];
      return differences(value, answered[key], `${path}.${key}`);
    });
  }
  if (typeof shown === "string" && shown.endsWith("…") && typeof answered === "string")
    return answered.startsWith(shown.slice(0, -1)) ? [] : [`${path}: ${JSON.stringify(answered)}`];
  return shown === answered ? [] : [`${path}: ${JSON.stringify(answered)}`];
}

interface WireEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** The events of a stream, or of one that a page shows; a line of … alone stands for any number of them. */
function eventsOf(text: string): WireEvent[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const lines = block.split(/\r?\n/);
      const event = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6) ?? block.trim();
      return { event, data };
    });
}

function sameEvent(shown: WireEvent, answered: WireEvent): boolean {
  if (shown.event !== answered.event) return false;
  if (!shown.data.startsWith("{")) return shown.data === answered.data;
  return differences(JSON.parse(shown.data), JSON.parse(answered.data)).length === 0;
}

/** The shown events that the stream does not have in this order. */
export function missingEvents(shown: string, answered: string): string[] {
  const events = eventsOf(answered);
  let at = 0;
  let gap = false;
  const missing: string[] = [];
  for (const one of eventsOf(shown)) {
    if (one.data === "…") {
      gap = true;
      continue;
    }
    const found = events.findIndex((event, index) => index >= at && sameEvent(one, event));
    if (found < 0 || (!gap && found !== at)) missing.push(one.data);
    else at = found + 1;
    gap = false;
  }
  if (!gap && at !== events.length) missing.push(`${events.length - at} more events`);
  return missing;
}
