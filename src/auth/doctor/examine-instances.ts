import { isBehind } from '../../instances/choose-secret.js';
import type { SecretState, SeenInstance } from '../../instances/instance.store.js';
import { nameOf } from '../../instances/instance-messages.js';
import type { SecretKind } from '../../instances/secret-list.js';
import type { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { PUBLIC_PEPPER } from '../../users/pepper.js';
import type { Finding } from './finding.js';

/** One list of secrets as configured here, and how the instances see it. */
export interface ExaminedList {
  kind: SecretKind;
  ids: readonly string[];
  /** For how many seconds something lives that an older secret made; `Infinity` if it may be forever. */
  livesFor: number;
}

/** The keys of the ring are encrypted again every ten seconds. */
const REENCRYPTION_SECONDS = 60;

/** How long what each kind of secret has made lives, in seconds. */
export function lifetimes({ access, sessions }: ResolvedAuthOptions): Record<SecretKind, number> {
  const { maxLifetime, clockTolerance } = access.policy;
  return {
    refresh: sessions.rotation ? sessions.idleTtl : sessions.absoluteTtl,
    access: maxLifetime + clockTolerance,
    encryption: REENCRYPTION_SECONDS,
    pepper: Infinity,
    factors: Infinity,
    shards: Infinity,
  };
}

/** Which instances run. */
export function examineRunning(live: readonly SeenInstance[]): Finding {
  const versions = new Set(live.map(({ version }) => version));
  const all = live.map(
    ({ name, version, startedAt }) => `${name} (${version}, since ${startedAt.toISOString()})`,
  );
  const message = live.length === 0 ? 'none runs now' : `${live.length} run: ${all.join(', ')}`;
  return versions.size > 1
    ? {
        check: 'instances',
        state: 'warning',
        message: `${message}: their versions differ, so replace the older ones`,
      }
    : { check: 'instances', state: 'ok', message };
}

/** How far each rotation of a secret has come. @param now on the database's clock */
export function examineSecrets(
  lists: readonly ExaminedList[],
  live: readonly SeenInstance[],
  now: number,
): Finding[] {
  const findings = lists.flatMap((list) => {
    const found = examineList(list, live, now);
    return found ? [{ check: 'secrets', ...found }] : [];
  });
  if (findings.length > 0 || live.length === 0) return findings;
  const message = 'all instances know and use those of this configuration';
  return [{ check: 'secrets', state: 'ok', message }];
}

function examineList(
  { kind, ids, livesFor }: ExaminedList,
  live: readonly SeenInstance[],
  now: number,
): Omit<Finding, 'check'> | undefined {
  const known = live.flatMap(({ name, kinds }) => (kinds[kind] ? [{ name, ...kinds[kind] }] : []));
  if (known.length === 0) return undefined;
  const name = nameOf(kind);
  const misfit = findMisfit(known);
  if (misfit) return { state: 'problem', message: `${name}: ${misfit}` };
  if (known.some((list) => !list.known.some((id) => ids.includes(id))))
    return {
      state: 'problem',
      message: `${name}: an instance shares no secret with this configuration: ${namesWithout(known, ids)}`,
    };
  const newest = ids[0]!;
  const missing = known.filter((list) => !list.known.includes(newest));
  if (missing.length > 0) return { state: 'warning', message: waitingFor(name, known.length, missing) };
  if (!known.every((list) => uses(list, newest)))
    return {
      state: 'ok',
      message: `all instances know the newest ${name}, and will use it in a few seconds`,
    };
  const older = [ids, ...known.map((list) => list.known)].some((list) => removable(list).length > 1);
  return older
    ? {
        state: 'ok',
        message: `${done(name, known.length)} ${livesFor === Infinity ? KEPT[kind] : removal(known, livesFor, now)}`,
      }
    : undefined;
}

/** Why older secrets are still needed whose work may live forever. */
const KEPT: Partial<Record<SecretKind, string>> = {
  pepper: 'keep the older ones: hashes of users who have not logged in since depend on them',
  factors: 'keep the older ones until latchkey mfa rotate has replaced them',
};

/** The public pepper is behind every list. */
const removable = (ids: readonly string[]) => ids.filter((id) => id !== PUBLIC_PEPPER);

type Known = SecretState & { name: string };

const uses = ({ announced, made }: Known, id: string) => announced === id && made.includes(id);

const namesWithout = (known: readonly Known[], ids: readonly string[]) =>
  known
    .filter((list) => !list.known.some((id) => ids.includes(id)))
    .map(({ name }) => name)
    .join(', ');

function findMisfit(known: readonly Known[]): string | undefined {
  for (const one of known)
    for (const other of known)
      if (one !== other && isBehind(other.known, one) === 'already')
        return `${other.name} lacks a secret that ${one.name} uses, and refuses what that one makes: add it, and restart ${other.name}`;
  return undefined;
}

function waitingFor(name: string, count: number, missing: readonly Known[]): string {
  const which = missing.map((instance) => instance.name).join(', ');
  const knowing = count - missing.length;
  const told =
    knowing === 0
      ? 'no instance knows'
      : `${knowing} of ${count} instances ${knowing === 1 ? 'knows' : 'know'}`;
  return `${told} the newest ${name}; an older one is used until these have restarted with it: ${which}`;
}

const done = (name: string, count: number) =>
  count === 1 ? `the instance uses the newest ${name};` : `all ${count} instances use the newest ${name};`;

function removal(known: readonly Known[], livesFor: number, now: number): string {
  const safe = Math.max(...known.map(({ since }) => since ?? now)) + livesFor * 1_000;
  return safe <= now
    ? 'the older ones can be removed now'
    : `the older ones can be removed after ${new Date(safe).toISOString()}`;
}
