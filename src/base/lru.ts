/**
 * A map that forgets what was not used lately: at most `size` entries, in two generations. A hit in
 * the old one moves to the young one; when the young one holds half the size, the old one is let go.
 * A hit in the young one, the common case, changes nothing.
 */
export class Lru<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly half: number;

  constructor(size: number) {
    this.half = Math.max(1, Math.floor(size / 2));
  }

  get(key: K): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const aged = this.old.get(key);
    if (aged !== undefined) this.set(key, aged);
    return aged;
  }

  set(key: K, value: V): void {
    this.young.set(key, value);
    if (this.young.size < this.half) return;
    this.old = this.young;
    this.young = new Map();
  }

  delete(key: K): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  /** Forgets every entry that `doomed` says so of. */
  forget(doomed: (value: V) => boolean): void {
    for (const generation of [this.young, this.old]) {
      for (const [key, value] of generation) if (doomed(value)) generation.delete(key);
    }
  }
}
