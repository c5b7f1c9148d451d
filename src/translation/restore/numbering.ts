/** Indexes of an answer's parts after a filter that adds or drops some: from 0, without gaps. */
export interface Numbering {
  next: number;
  readonly byIndex: Map<number, number>;
}

export function newNumbering(): Numbering {
  return { next: 0, byIndex: new Map() };
}

/** The index under which the part that came as `index` goes on; asked again, a new one (a part in two). */
export function openNumber(numbering: Numbering, index: number): number {
  const given = numbering.next++;
  numbering.byIndex.set(index, given);
  return given;
}

/** Where the open part that came as `index` goes on; undefined where it is dropped. */
export function numberOf({ byIndex }: Numbering, index: number): number | undefined {
  return byIndex.get(index);
}
