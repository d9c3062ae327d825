import type { Variable } from '../src/settings/variable.js';

export function withTable(guide: string, variables: readonly Variable[]): Promise<string>;
