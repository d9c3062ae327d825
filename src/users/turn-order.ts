import type { Applicant } from './password-hasher.js';

/** From the widest part to the narrowest: where a call comes from, and for whom it is. */
export type Place = readonly [wide: string, narrow: string, source: string];

/** The place of a call. One that names no networks comes from a network with the name of its source. */
export function placeOf({ source, networks: [wide, narrow] = [source, source] }: Applicant): Place {
  return [wide, narrow, source];
}

/** A queue in which networks take turns, within a network its parts, and within those the sources. */
export class TurnOrder<T> {
  private readonly own: T[] = [];
  /** In the order of their turns. */
  private readonly parts = new Map<string, TurnOrder<T>>();

  get isEmpty(): boolean {
    return this.own.length === 0 && this.parts.size === 0;
  }

  add(item: T, [first, ...rest]: readonly string[]): void {
    if (first === undefined) return void this.own.push(item);
    const part = this.parts.get(first) ?? new TurnOrder<T>();
    this.parts.set(first, part);
    part.add(item, rest);
  }

  /** Removes and returns the item whose turn it is. */
  take(): T | undefined {
    const [turn] = this.parts;
    if (!turn) return this.own.shift();
    const [name, part] = turn;
    const item = part.take();
    this.parts.delete(name);
    if (!part.isEmpty) this.parts.set(name, part); // behind all others
    return item;
  }

  remove(item: T, [first, ...rest]: readonly string[]): void {
    if (first === undefined) return void this.own.splice(this.own.indexOf(item), 1);
    const part = this.parts.get(first)!;
    part.remove(item, rest);
    if (part.isEmpty) this.parts.delete(first);
  }
}
