/** `count` turns of each kind: first those that warm up, then the others, both in a random order. */
export function turns(kinds: readonly string[], count: number): { kind: string; number: number }[];
