export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): { d: number; p: number };

export function median(values: readonly number[]): number;

export function shuffled<T>(values: readonly T[]): T[];
