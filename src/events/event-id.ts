import { randomUUID } from 'node:crypto';

const COUNTER_BITS = 12;
/** Where the variant and the random bits of a UUID begin: they come from one of version 4, which Node makes cheaply. */
const RANDOM_PART = 19;
const COUNTERS = 2 ** COUNTER_BITS;

/** Makes UUIDs of version 7 (RFC 9562 §5.7, §6.2 method 1), each greater than the one before. */
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
