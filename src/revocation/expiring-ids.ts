import { hashOf, UuidTable } from './uuid-table.js';

/** A power of two. Each table grows and is swept separately, so that neither ever takes long. */
const TABLES = 256;
/** The first bits of a hash say which table, and the last ones which place in it. */
const SHIFT = 32 - Math.log2(TABLES);
/** Up to this size, a sweep covers everything in one step. */
const SMALL = 50_000;

/**
 * A set of ids that expire. UUIDs take about 40 bytes each, a fifth of what a `Map` of texts takes; ids of any other form
 * work too. Expired ids stay until they are swept.
 */
export class ExpiringIds {
  private readonly tables: UuidTable[] = Array.from(
    { length: TABLES },
    // Tables of the same size would all grow within the same few milliseconds.
    (_, i) => new UuidTable(0.5 + (0.2 * i) / TABLES),
  );
  private readonly others = new Map<string, number>();
  private uuids = 0;
  /** The next table to sweep; `TABLES` when a sweep is complete. */
  private next = TABLES;

  /** @param until in milliseconds since the epoch; of several times for one id, the latest counts */
  add(id: string, until: number): void {
    const seconds = Math.max(1, Math.min(Math.ceil(until / 1_000), 0xffffffff));
    if (id.length !== LENGTH || !readUuid(id, 0)) this.addOther(id, seconds);
    else this.addRead(seconds);
  }

  /** Adds the 36 characters that begin here, without a string for them. @param seconds since the epoch */
  addAt(text: string, start: number, seconds: number): void {
    if (readUuid(text, start)) this.addRead(Math.max(1, seconds));
    else this.addOther(text.slice(start, start + LENGTH), Math.max(1, seconds));
  }

  has(id: string): boolean {
    if (this.uuids === 0 || id.length !== LENGTH || !readUuid(id, 0))
      return this.others.size > 0 && this.others.has(id);
    return this.tables[hash >>> SHIFT]!.has(words, hash);
  }

  get size(): number {
    return this.uuids + this.others.size;
  }

  private addRead(seconds: number): void {
    if (this.tables[hash >>> SHIFT]!.add(words, seconds, hash)) this.uuids++;
  }

  private addOther(id: string, seconds: number): void {
    this.others.set(id, Math.max(seconds, this.others.get(id) ?? 0));
  }

  /** Begins to drop what has expired. */
  startSweep(): void {
    this.next = 0;
  }

  /** Does a part of the sweep that takes about a millisecond, or all of it if the set is small. */
  sweepOn(now: number): void {
    if (this.next === TABLES) return;
    if (this.next === 0)
      for (const [id, until] of this.others) if (until * 1_000 <= now) this.others.delete(id);
    const end = this.uuids <= SMALL ? TABLES : this.next + 1;
    for (; this.next < end; this.next++) this.uuids -= this.tables[this.next]!.sweep(now / 1_000);
  }
}

/** What {@link readUuid} has read: without an object for each lookup. */
const words = new Int32Array(4);
let hash = 0;

const LENGTH = 36;
const NOT_HEX = 16;
const DASH = 45;
const DIGITS = new Uint8Array(128).fill(NOT_HEX);
for (let value = 0; value < 16; value++) DIGITS[value.toString(16).charCodeAt(0)] = value;

/** Reads 36 characters into `words` and `hash` if they are a UUID in the usual notation, in lower case. */
function readUuid(text: string, start: number): boolean {
  let place = 0;
  let invalid = 0;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++, place++) {
      if (place === 8 || place === 13 || place === 18 || place === 23)
        if (text.charCodeAt(start + place++) !== DASH) return false;
      const code = text.charCodeAt(start + place);
      const read = code < 128 ? DIGITS[code]! : NOT_HEX;
      invalid |= read;
      value = (value << 4) | read;
    }
    words[word] = value;
  }
  if (invalid & NOT_HEX) return false;
  hash = hashOf(words, 0);
  return true;
}
