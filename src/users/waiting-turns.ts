import { type Applicant, type Priority, PRIORITIES } from './password-hasher.js';

/** Somebody who waits for a turn. */
export interface Waiting extends Applicant {
  start(): void;
  refuse(): void;
}

/** Those who wait, oldest first, by source. The sources are in the order of their turns. */
type Line = Map<string, Waiting[]>;

/** Who is next: high priority every other time, and in each line one source after the other. */
export class WaitingTurns {
  private readonly lines: Record<'high' | 'other', Line> = { high: new Map(), other: new Map() };
  private highIsNext = true;
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(waiting: Waiting): void {
    const line = this.lineOf(waiting.priority);
    const same = line.get(waiting.source);
    if (same) same.push(waiting);
    else line.set(waiting.source, [waiting]);
    this.count++;
  }

  next(): Waiting | undefined {
    const { high, other } = this.lines;
    const line = other.size === 0 || (this.highIsNext && high.size > 0) ? high : other;
    this.highIsNext = line !== high;
    const [turn] = line;
    if (!turn) return undefined;
    const [source, waiting] = turn;
    const first = waiting.shift()!;
    line.delete(source);
    if (waiting.length > 0) line.set(source, waiting); // behind all others
    this.count--;
    return first;
  }

  /**
   * Refuses the newest of the source that has the most waiting, if it has more than this source would then have. Returns
   * whether it did. Those with a higher priority do not count.
   */
  makeRoom(source: string, priority: Priority): boolean {
    const fullest = this.fullest(priority);
    const own = this.lineOf(priority).get(source)?.length ?? 0;
    if (!fullest || fullest.length <= own + 1) return false;
    const newest = fullest.findLastIndex((each) => !outranks(each.priority, priority));
    const [refused] = fullest.splice(newest, 1);
    this.count--;
    refused!.refuse();
    return true;
  }

  private fullest(priority: Priority): Waiting[] | undefined {
    let fullest: Waiting[] | undefined;
    for (const line of Object.values(this.lines))
      for (const waiting of line.values()) {
        const mayGiveWay = waiting.some((each) => !outranks(each.priority, priority));
        if (mayGiveWay && waiting.length > (fullest?.length ?? 0)) fullest = waiting;
      }
    return fullest;
  }

  private lineOf(priority: Priority): Line {
    return this.lines[priority === 'high' ? 'high' : 'other'];
  }
}

function outranks(one: Priority, other: Priority): boolean {
  return PRIORITIES.indexOf(one) > PRIORITIES.indexOf(other);
}
