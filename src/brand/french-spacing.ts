/**
 * Sets all texts inside a value in French: a narrow no-break space goes before `;`, `:`, `!` and `?`. Functions are set as
 * what they return.
 */
export function frenchSpacing<T>(value: T): T {
  return spaced(value) as T;
}

function spaced(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/ (?=[;:!?])/g, '\u202F');
  if (typeof value === 'function') return (...given: unknown[]) => spaced(value(...given));
  if (Array.isArray(value)) return value.map(spaced);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, spaced(inside)]));
}
