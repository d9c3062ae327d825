/** A list that can also be called for a selection of it. */
export type CallableList<Item, Used> = Item[] & ((used?: Used) => Item[]);

/**
 * Makes a list callable. The result behaves like an array wherever its elements are read: `[...list]`, `list.length`,
 * `list.map(…)`, `[].concat(list)`, and as `entities` or `migrations` of a TypeORM data source. Only `Array.isArray` is
 * false.
 */
export function callableList<Item, Used>(
  items: readonly Item[],
  select: (used?: Used) => Item[],
): CallableList<Item, Used> {
  const list = (used?: Used) => select(used);
  Object.setPrototypeOf(list, Array.prototype);
  Object.defineProperties(list, {
    length: { value: 0, writable: true },
    [Symbol.isConcatSpreadable]: { value: true },
  });
  const result = list as unknown as CallableList<Item, Used>;
  result.push(...items);
  return result;
}
