const MAX_DEPTH = 20;
const MAX_MEMBERS = 10_000;

/**
 * The name of a field whose value is nested so deeply, or has so many members, that code which recurses into it could
 * overflow the stack or take long; `undefined` if there is none. Any host's body parser may be in front of our routes, so
 * its limits are not relied on. Goes through the value level by level, and stops as soon as a limit is exceeded.
 */
export function excessiveField(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  return Object.keys(body).find((name) => isExcessive((body as Record<string, unknown>)[name]));
}

function isExcessive(value: unknown): boolean {
  let level = [value];
  let members = 0;
  for (let depth = 1; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      const inside = Object.values(each);
      members += inside.length;
      if (depth >= MAX_DEPTH || members > MAX_MEMBERS) return true;
      for (const member of inside) next.push(member);
    }
    level = next;
  }
  return false;
}
