import { searchable } from "../protocols/text-bytes.ts";
import { modelMember, renameModel } from "./rename-model.ts";

const QUOTE = 0x22;

/** Shows clients our name of the model in every event of one stream. */
export interface EventRenamer {
  rename(event: Uint8Array): Uint8Array;
  /** The last renamed event up to the closing quote of its name, where the next is likely to begin alike. */
  readonly head: Uint8Array | undefined;
}

export function eventRenamer(shown: string, paths: readonly (readonly string[])[]): EventRenamer {
  const [path] = paths;
  return path && paths.length === 1
    ? new RepeatedName(shown, path)
    : { head: undefined, rename: (event) => renameModel(event, shown, paths) };
}

const encoder = new TextEncoder();

/** Whether the event has these bytes at its beginning, and more behind them. */
export function beginsWith(event: Buffer, head: Uint8Array | undefined): head is Uint8Array {
  return (
    head !== undefined &&
    event.length > head.length &&
    event.compare(head, 0, head.length, 0, head.length) === 0
  );
}

/**
 * The events of a stream begin alike: id, time and model are the same in all. One that has the same
 * bytes as the last up to the end of the model's name has its name in the same place.
 */
class RepeatedName implements EventRenamer {
  private readonly text: Uint8Array;
  head: Uint8Array | undefined;
  private nameStart = 0;

  constructor(
    shown: string,
    private readonly path: readonly string[],
  ) {
    this.text = encoder.encode(JSON.stringify(shown));
  }

  rename(bytes: Uint8Array): Uint8Array {
    const event = searchable(bytes);
    const { head } = this;
    if (beginsWith(event, head)) return this.spliced(event, this.nameStart, head.length);
    const member = modelMember(event, this.path);
    if (!member) return bytes;
    const { valueStart, valueEnd } = member;
    // Only a string tells by its own last byte that it has ended.
    this.head = event[valueEnd - 1] === QUOTE ? new Uint8Array(event.subarray(0, valueEnd)) : undefined;
    this.nameStart = valueStart;
    return this.spliced(event, valueStart, valueEnd);
  }

  private spliced(event: Buffer, start: number, end: number): Uint8Array {
    const { text } = this;
    const renamed = new Uint8Array(event.length - (end - start) + text.length);
    event.copy(renamed, 0, 0, start);
    renamed.set(text, start);
    event.copy(renamed, start + text.length, end);
    return renamed;
  }
}
