import { randomUUID } from 'node:crypto';

const COUNTER_BITS = 12;
/** Where a UUID's variant and random bits begin; they are taken from a version 4 UUID, which Node makes cheaply. */
const RANDOM_PART = 19;
const COUNTERS = 2 ** COUNTER_BITS;

/** Returns a function that makes version 7 UUIDs (RFC 9562 §5.7, §6.2 method 1), each greater than the one before. */
export function timeOrderedIds(): (milliseconds: number) => string {
  let last = 0;
  let counter = 0;
  return (milliseconds) => {
    if (milliseconds > last) [last, counter] = [milliseconds, 0];
    else if (++counter === COUNTERS) [last, counter] = [last + 1, 0];
    const time = last.toString(16).padStart(12, '0');
    const count = counter.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${randomUUID().slice(RANDOM_PART)}`;
  };
}
