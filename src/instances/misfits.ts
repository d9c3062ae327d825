import type { SeenInstance } from './instance.store.js';
import { behindMessage, uncommonMessage } from './instance-messages.js';
import { hasEnded, OWN_PROCESS } from './process-identity.js';
import type { SecretList } from './secret-list.js';

/** Another instance next to which this one must not start. */
export interface Misfit {
  other: SeenInstance;
  /** Why; `undefined` if that may pass, so that this one waits. */
  message: string | undefined;
}

/**
 * Those that share no secret with this one are none: what each makes, the other refuses anyway. The log and the doctor
 * say so.
 */
export function findMisfits(lists: readonly SecretList[], others: readonly SeenInstance[]): Misfit[] {
  return lists.flatMap((list) =>
    others.flatMap((other) => {
      const is = list.isBehind(other);
      return is ? [{ other, message: is === 'already' ? behindMessage(list.kind, other) : undefined }] : [];
    }),
  );
}

/** What is wrong while this instance runs. */
export function troublesOf(lists: readonly SecretList[], others: readonly SeenInstance[]): string[] {
  return lists.flatMap((list) => [
    ...(list.isCommon ? [] : [uncommonMessage(list.kind)]),
    ...others
      .filter((other) => list.isBehind(other) === 'already')
      .map((other) => behindMessage(list.kind, other)),
  ]);
}

/** Without those that have stopped, and those that were killed on this machine, which said no goodbye. */
export function liveAmong(instances: readonly SeenInstance[]): SeenInstance[] {
  return instances.filter(({ live, process }) => live && !hasEnded(process, OWN_PROCESS));
}
