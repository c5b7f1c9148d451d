/**
 * What was read of hours and days, by the question asked of them, for as long as nothing is added to an hour or a day:
 * pages ask for ninety days again and again, of which only the last one changes.
 */
export interface BucketRows<Row> {
  /** The rows of one bucket, read where they are not known. */
  rowsOf(span: number, bucket: number, question: string, read: () => readonly Row[]): readonly Row[];
  /** Something was added to a bucket. */
  changed(span: number, bucket: number): void;
  /** Anything may have changed. */
  forget(): void;
}

/** @param rowsMax of all buckets together; those not asked for longest go first */
export function bucketRows<Row>(rowsMax: number): BucketRows<Row> {
  const buckets = new Map<string, Map<string, readonly Row[]>>();
  let kept = 0;

  function drop(place: string): void {
    for (const rows of buckets.get(place)?.values() ?? []) kept -= rows.length;
    buckets.delete(place);
  }

  function makeRoom(): void {
    for (const place of buckets.keys()) {
      if (kept <= rowsMax) return;
      drop(place);
    }
  }

  return {
    rowsOf(span, bucket, question, read) {
      const place = `${span}:${bucket}`;
      const answers = buckets.get(place) ?? new Map<string, readonly Row[]>();
      const known = answers.get(question);
      const rows = known ?? read();
      // Last in the order of the map is what was asked for last.
      buckets.delete(place);
      buckets.set(place, answers);
      if (known) return known;
      answers.set(question, rows);
      kept += rows.length;
      makeRoom();
      return rows;
    },
    changed: (span, bucket) => drop(`${span}:${bucket}`),
    forget() {
      buckets.clear();
      kept = 0;
    },
  };
}
