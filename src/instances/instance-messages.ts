import { SECRET_LISTS, type SecretKind } from './secret-list.js';

/** As both kinds of operators know it. */
export function nameOf(kind: SecretKind): string {
  const { option, variable } = SECRET_LISTS[kind];
  return `${option} (${variable})`;
}

/** An instance was configured with less than the others. */
export function behindMessage(kind: SecretKind, { name }: { name: string }): string {
  if (kind === 'shards')
    return `${nameOf(kind)} lacks a database in which the instance ${name} keeps sessions: add its URL at the end of the list`;
  return (
    `${nameOf(kind)} lacks the secret that the instance ${name} uses, so this instance would refuse what that one makes: ` +
    'add that secret here, behind the others if it is to be used no longer'
  );
}

export function uncommonMessage(kind: SecretKind): string {
  return (
    `The instances have no secret of ${nameOf(kind)} in common, so they refuse what others make: add the one they had ` +
    'before to each list, and restart one after the other'
  );
}
