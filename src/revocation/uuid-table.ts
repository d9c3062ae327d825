const SMALLEST = 8;

/** 32 bits. Hosts may use UUIDs whose first half is a time, so every word counts. */
export function hashOf(words: Int32Array, at: number): number {
  let mix = 0;
  for (let word = 0; word < 4; word++) {
    mix = Math.imul(mix ^ words[at + word]!, 0x9e3779b1);
    mix ^= mix >>> 15;
  }
  return mix >>> 0;
}

/** Words of a slot: those of the UUID, and the time. Side by side, because a large table is in no cache. */
const SLOT = 5;
const TIME = 4;

/**
 * A hash table from UUIDs, as four words of 32 bits, to times in whole seconds: open addressing with linear probing in
 * a typed array. A slot whose time is 0 is free. Nothing is deleted in place: a sweep builds a new table.
 */
export class UuidTable {
  private slots = new Int32Array(0);
  /** How many slots there are: a power of two, or 0. */
  private size = 0;
  private used = 0;

  /** @param full the part of the slots that may be in use */
  constructor(private readonly full = 0.7) {}

  /**
   * Returns true if the UUID is new; if not, the later of the two times counts.
   * @param hash of the UUID, if it is known
   */
  add(uuid: Int32Array, time: number, hash = hashOf(uuid, 0)): boolean {
    if (this.used >= this.size * this.full) this.rebuild(this.used + 1, 0);
    const place = this.find(uuid, 0, hash);
    const known = this.timeAt(place);
    if (time > known) this.slots[place + TIME] = time;
    if (known !== 0) return false;
    this.put(place, uuid, 0);
    return true;
  }

  has(uuid: Int32Array, hash = hashOf(uuid, 0)): boolean {
    return this.used > 0 && this.slots[this.find(uuid, 0, hash) + TIME] !== 0;
  }

  /** Drops what has expired at this time, and the room it took. Returns how many were dropped. */
  sweep(now: number): number {
    let live = 0;
    for (let place = 0; place < this.slots.length; place += SLOT) if (this.timeAt(place) > now) live++;
    const dropped = this.used - live;
    if (dropped > 0) this.rebuild(live, now);
    return dropped;
  }

  /** Where the slot of this UUID begins, or the free one where it would be. */
  private find(words: Int32Array, at: number, hash: number): number {
    const { slots } = this;
    const mask = this.size - 1;
    let slot = hash & mask;
    while (slots[slot * SLOT + TIME] !== 0 && !this.matches(slot * SLOT, words, at)) slot = (slot + 1) & mask;
    return slot * SLOT;
  }

  private matches(place: number, words: Int32Array, at: number): boolean {
    const { slots } = this;
    return (
      slots[place] === words[at] &&
      slots[place + 1] === words[at + 1] &&
      slots[place + 2] === words[at + 2] &&
      slots[place + 3] === words[at + 3]
    );
  }

  /** The time's 32 bits have no sign. */
  private timeAt(place: number): number {
    return this.slots[place + TIME]! >>> 0;
  }

  private put(place: number, words: Int32Array, at: number): void {
    for (let i = 0; i < TIME; i++) this.slots[place + i] = words[at + i]!;
    this.used++;
  }

  /** Moves what expires after `now` to an array with room for `count`. */
  private rebuild(count: number, now: number): void {
    const { slots } = this;
    this.size = SMALLEST;
    while (this.size * this.full <= count) this.size *= 2;
    this.slots = new Int32Array(this.size * SLOT);
    this.used = 0;
    for (let old = 0; old < slots.length; old += SLOT) {
      const time = slots[old + TIME]! >>> 0;
      if (time <= now) continue;
      const place = this.find(slots, old, hashOf(slots, old));
      this.slots[place + TIME] = time;
      this.put(place, slots, old);
    }
  }
}
