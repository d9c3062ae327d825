import type { Random } from '../support/random.js';
import type { Cluster } from './cluster.js';

/** What it takes to be over. */
export type End = () => Promise<unknown> | unknown;

/** Something that goes wrong, or that operators do, in a running cluster. */
export interface Fault {
  name: string;
  /** How often it is chosen, in comparison with the others of its list. */
  weight: number;
  /** Between its begin and its end, in milliseconds. */
  lasts: [least: number, most: number];
  /** Requests may wait for its end, because nobody is there to answer them. */
  holds?: true;
  /** The clock of an instance is set by it, and back. */
  setsClock?: true;
  /** An instance may be unable to ask PostgreSQL anything. */
  keepsFromDatabase?: true;
  begin(cluster: Cluster, random: Random): Promise<End> | End;
}
