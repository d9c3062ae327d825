/** `count` turns of each kind: first those that warm up, then the others, both in a random order. */
export function turns(kinds: readonly string[], count: number): { kind: string; number: number }[];

/** Whether there are samples enough to find a difference of so many milliseconds, as noisy as the machine is. */
export function wouldFind(measured: Record<string, { times: readonly number[] }>, ms: number): boolean;
