export function withClassNames(text: string): string;
export function withNamedClasses(text: string): string;
export function classesOf(text: string): string[];
