import { type Applicant, type Priority, PRIORITIES } from './password-hasher.js';
import { placeOf, TurnOrder } from './turn-order.js';

/** Somebody who waits for a turn. */
export interface Waiting extends Applicant {
  start(): void;
  refuse(): void;
}

/** The indexes of a place. */
const LEVELS = [0, 1, 2] as const;
type Level = (typeof LEVELS)[number];

/**
 * Who is next: high priority every other time, and in each line one network after the other, within it one part after
 * the other, and within that one source after the other.
 */
export class WaitingTurns {
  private readonly lines = { high: new TurnOrder<Waiting>(), other: new TurnOrder<Waiting>() };
  /** Oldest first. */
  private readonly all = new Set<Waiting>();
  private highIsNext = true;

  /** @param share how many of one network may wait before they give way to any other network, whatever their priority */
  constructor(private readonly share: number) {}

  get size(): number {
    return this.all.size;
  }

  count(priority: Priority): number {
    return [...this.all].filter((each) => each.priority === priority).length;
  }

  add(waiting: Waiting): void {
    this.lineOf(waiting).add(waiting, placeOf(waiting));
    this.all.add(waiting);
  }

  next(): Waiting | undefined {
    const { high, other } = this.lines;
    const line = other.isEmpty || (this.highIsNext && !high.isEmpty) ? high : other;
    this.highIsNext = line !== high;
    const next = line.take();
    if (next) this.all.delete(next);
    return next;
  }

  /**
   * Refuses the newest of the network that has the most waiting, if it has more than the newcomer's would then have; or
   * else, within the newcomer's network, the newest of the part or the source that has the most. Those with a higher
   * priority stay, unless their network exceeds its share. Returns whether there is room now.
   */
  makeRoom(newcomer: Applicant): boolean {
    const refused = this.findExcess(newcomer);
    if (!refused) return false;
    this.lineOf(refused).remove(refused, placeOf(refused));
    this.all.delete(refused);
    refused.refuse();
    return true;
  }

  private findExcess(newcomer: Applicant): Waiting | undefined {
    let rivals = [...this.all];
    for (const level of LEVELS) {
      const groups = grouped(rivals, level);
      const own = groups.get(placeOf(newcomer)[level]) ?? [];
      const givesWay = (group: Waiting[]) =>
        (level === 0 && group.length > this.share) || group.some((each) => !outranks(each, newcomer));
      const fullest = largest([...groups.values()].filter(givesWay));
      if (fullest.length > own.length + 1) return newestOf(fullest, level);
      rivals = own;
    }
    return undefined;
  }

  private lineOf({ priority }: Waiting): TurnOrder<Waiting> {
    return this.lines[priority === 'high' ? 'high' : 'other'];
  }
}

/** Of the lowest priority in this group, the newest of the part and the source that have the most. */
function newestOf(group: readonly Waiting[], level: Level): Waiting {
  const lowest = PRIORITIES.find((priority) => group.some((each) => each.priority === priority));
  let rest = group.filter(({ priority }) => priority === lowest);
  for (const deeper of LEVELS.slice(level + 1))
    rest = largest([...grouped(rest, deeper).values()].toReversed());
  return rest.at(-1)!;
}

function grouped(all: readonly Waiting[], level: Level): Map<string, Waiting[]> {
  const groups = new Map<string, Waiting[]>();
  for (const each of all) {
    const name = placeOf(each)[level];
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
}

/** Of groups of the same size, the first. */
function largest(groups: readonly Waiting[][]): Waiting[] {
  return groups.reduce((most, group) => (group.length > most.length ? group : most), []);
}

function outranks(one: Applicant, other: Applicant): boolean {
  return PRIORITIES.indexOf(one.priority) > PRIORITIES.indexOf(other.priority);
}
