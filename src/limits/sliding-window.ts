import type { WindowClaim, WindowShape, WindowState } from "./store.ts";

const COMPACT_FROM = 64;

/** One window's live slots, oldest first. */
export class SlidingWindow {
  private slots: number[] = [];
  private costs: number[] = [];
  private head = 0;
  private sum = 0;

  /** Lets go of what counts no more. The slot that `nowMicros` is in; a clock that went back stays in the newest. */
  advance({ slotMicros, slots }: WindowShape, nowMicros: number): number {
    let slot = Math.floor(nowMicros / slotMicros);
    const newest = this.newest();
    if (newest > slot) {
      if (newest <= slot + slots + 1) slot = newest;
      else this.clear();
    }
    while (this.head < this.slots.length && (this.slots[this.head] ?? 0) < slot - slots) {
      this.sum -= this.costs[this.head] ?? 0;
      this.head++;
    }
    if (this.head === this.slots.length) this.clear();
    else if (this.head > COMPACT_FROM && this.head * 2 > this.slots.length) this.compact();
    return slot;
  }

  /** The slots that count and what was counted in each, oldest first. */
  counts(): [slot: number, units: number][] {
    return this.slots.slice(this.head).map((slot, place) => [slot, this.costs[this.head + place] ?? 0]);
  }

  /** Units that count. */
  get total(): number {
    return this.sum;
  }

  add(slot: number, units: number): void {
    if (units === 0) return;
    if (this.newest() === slot) {
      const last = this.costs.length - 1;
      this.costs[last] = (this.costs[last] ?? 0) + units;
    } else {
      this.slots.push(slot);
      this.costs.push(units);
    }
    this.sum += units;
  }

  /** Takes units out of the slot where they were counted; nothing where it counts no more. */
  takeBack(slot: number, units: number): void {
    const place = this.slots.lastIndexOf(slot);
    if (place < this.head) return;
    const taken = Math.min(units, this.costs[place] ?? 0);
    this.costs[place] = (this.costs[place] ?? 0) - taken;
    this.sum -= taken;
  }

  /** When `units` of what counts will have gone, in microseconds. */
  freeAt({ slotMicros, slots }: WindowShape, units: number): number {
    let left = units;
    for (let place = this.head; place < this.slots.length; place++) {
      left -= this.costs[place] ?? 0;
      if (left <= 0) return ((this.slots[place] ?? 0) + slots + 1) * slotMicros;
    }
    return (this.newest() + slots + 1) * slotMicros;
  }

  state({ slotMicros, slots, limit }: WindowClaim, slot: number, nowMicros: number): WindowState {
    const resetMicros = this.sum > 0 ? (this.newest() + slots + 1) * slotMicros - nowMicros : 0;
    const resetMs = Math.max(0, Math.ceil(resetMicros / 1_000));
    return { slot, remaining: Math.max(0, limit - this.sum), resetMs };
  }

  /** Whether nothing of it counts at this moment, so that it need not be kept. */
  isIdle(shape: WindowShape, nowMicros: number): boolean {
    this.advance(shape, nowMicros);
    return this.slots.length === 0;
  }

  private newest(): number {
    return this.slots[this.slots.length - 1] ?? Number.NEGATIVE_INFINITY;
  }

  private clear(): void {
    this.slots.length = 0;
    this.costs.length = 0;
    this.head = 0;
    this.sum = 0;
  }

  private compact(): void {
    this.slots = this.slots.slice(this.head);
    this.costs = this.costs.slice(this.head);
    this.head = 0;
  }
}
