export function targetsIn(markdown: string): string[];
export function anchorsIn(markdown: string): Set<string>;
export function deadLinks(files: readonly string[], read: (file: string) => string): string[];
