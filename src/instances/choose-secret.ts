/** What an instance says of one of its lists of secrets. */
export interface KnownSecrets {
  /** The ids of its secrets, newest first. */
  known: readonly string[];
  /** The one that it uses for anything new, or will use next; `null` while it has not decided. */
  announced: string | null;
  /** Those that it has used so far. */
  made: readonly string[];
}

/** The place of the chosen secret in the own list, and whether all instances that count know it. */
export interface Chosen {
  position: number;
  isCommon: boolean;
}

/**
 * Chooses the newest secret that all instances know. An instance that shares no secret with this one does not count: it
 * could not accept anything from here. If those that count have none in common, the own first one is chosen.
 * @param own ids, newest first; at least one
 * @param others the ids that each other instance knows
 */
export function chooseSecret(own: readonly string[], others: readonly (readonly string[])[]): Chosen {
  const related = others.filter((known) => known.some((id) => own.includes(id)));
  const found = own.findIndex((id) => related.every((known) => known.includes(id)));
  const position = Math.max(0, found);
  return { position, isCommon: others.every((known) => known.includes(own[position]!)) };
}

/**
 * Whether another instance has used a secret that is newer than all it shares with `own`, or will do so soon. An instance
 * with `own` would refuse what was made with it.
 */
export function isBehind(
  own: readonly string[],
  { known, announced, made }: KnownSecrets,
): false | 'soon' | 'already' {
  const shared = known.findIndex((id) => own.includes(id));
  const newer = known.slice(0, Math.max(0, shared));
  if (newer.some((id) => made.includes(id))) return 'already';
  return announced !== null && newer.includes(announced) && 'soon';
}
