/** A map that forgets its least recently used entry when it grows past `size`. */
export class Lru<K, V> {
  private readonly entries = new Map<K, V>();

  constructor(readonly size: number) {}

  get(key: K): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.size) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  /** Forgets every entry that `doomed` says so of. */
  forget(doomed: (value: V) => boolean): void {
    for (const [key, value] of this.entries) if (doomed(value)) this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
