import type { DataSource } from 'typeorm';
import { MAIN } from '../../sessions/shards/shard-number.js';
import { placeOf } from '../several-modules/same-tables.js';

/** The database is not the one that its place in the list says. */
export class WrongShardError extends Error {}

/**
 * Notices a database that is in the list twice, or is the main one: its sessions would be counted twice, and belong to
 * two shards at the next start. One database has many URLs, so the server is asked.
 */
export class DatabasePlaces {
  private readonly numbers = new Map<string, number>();
  private ofMain: Promise<void> | undefined;

  constructor(private readonly main: DataSource) {}

  /** @throws WrongShardError if the database has another number too */
  async claim(number: number, source: DataSource): Promise<void> {
    await (this.ofMain ??= placeOf(this.main).then((place) => this.note(MAIN, place)));
    this.note(number, await placeOf(source));
  }

  private note(number: number, place: string | undefined): void {
    if (place === undefined) return;
    const owner = this.numbers.get(place) ?? number;
    this.numbers.set(place, owner);
    if (owner === number) return;
    const whose = owner === MAIN ? 'that of the users' : `number ${owner}`;
    throw new WrongShardError(`is the same database as ${whose}: list each one once, and not the main one`);
  }
}
