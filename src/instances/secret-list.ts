import { chooseSecret, isBehind } from './choose-secret.js';
import type { SecretState, SeenInstance } from './instance.store.js';
import type { SecretChoice } from './secret-choice.js';

/** The lists of secrets, by what operators call them: as an option of the module, and as a variable of the service. */
export const SECRET_LISTS = {
  refresh: { option: 'jwt.refreshSecret', variable: 'JWT_REFRESH_SECRET' },
  access: {
    option: 'jwt.accessSecret or jwt.accessPrivateKey',
    variable: 'JWT_ACCESS_SECRET or JWT_ACCESS_PRIVATE_KEY',
  },
  encryption: { option: 'jwt.keyRing.encryptionSecret', variable: 'KEY_ENCRYPTION_SECRET' },
  pepper: { option: 'passwords.peppers', variable: 'PASSWORD_PEPPER' },
  factors: { option: 'mfa.encryptionSecrets', variable: 'MFA_ENCRYPTION_SECRET' },
  // No secrets, but they are chosen in the same way.
  shards: { option: 'sessions.shards', variable: 'DATABASE_SHARDS' },
} as const;

export type SecretKind = keyof typeof SECRET_LISTS;

/** One list of secrets of this instance, and what it knows of those of the others. */
export class SecretList {
  /** False if the instances have no secret in common. */
  isCommon = true;
  private decided = false;
  private announced: number | null;
  private readonly made = new Set<number>();
  private since: number | null = null;

  constructor(
    readonly kind: SecretKind,
    readonly choice: SecretChoice,
  ) {
    // With a single one there is nothing to decide.
    this.announced = choice.ids.length === 1 ? 0 : null;
  }

  get isDecided(): boolean {
    return this.decided;
  }

  /** What the other instances are told. */
  get state(): SecretState {
    const { ids } = this.choice;
    return {
      known: ids,
      announced: this.announced === null ? null : ids[this.announced]!,
      made: [...this.made].map((position) => ids[position]!),
      since: this.since,
    };
  }

  /**
   * Decides which secret is used from now on. A newer one is announced first. It is used if all instances know it when they
   * are read after the announcement was committed, and the announcement still stands. An instance that starts meanwhile
   * also writes before it reads. So at least one of the two sees the other: either this one keeps the older secret, or
   * that one does not start.
   * @param others as a statement read them that also wrote
   * @param announcements what the others were told before that statement, and by it
   * @param now the database's time of that statement
   */
  decide(
    others: readonly SeenInstance[],
    announcements: readonly (SecretState | undefined)[],
    now: number,
  ): void {
    const counted = others.filter((other) => this.counts(other)).map(({ kinds }) => kinds[this.kind]!.known);
    const { position, isCommon } = chooseSecret(this.choice.ids, counted);
    this.isCommon = isCommon;
    this.announced = position;
    const isNewer = !this.decided || position < this.choice.position;
    const isTold = announcements.every((state) => state?.announced === this.choice.ids[position]);
    if (!isNewer || isTold) this.use(position, now);
  }

  /** For a process that only looks. */
  follow(others: readonly SeenInstance[]): void {
    const known = others.flatMap(({ kinds }) => (kinds[this.kind] ? [kinds[this.kind]!.known] : []));
    this.choice.position = chooseSecret(this.choice.ids, known).position;
    this.decided = true;
  }

  /** Whether another instance has used a secret that this one lacks, or will do so soon. */
  isBehind({ kinds }: SeenInstance): false | 'soon' | 'already' {
    const theirs = kinds[this.kind];
    return theirs !== undefined && isBehind(this.choice.ids, theirs);
  }

  /** For an instance that starts: takes over since when the others, or those before it, have used the same secret. */
  inherit(instances: readonly SeenInstance[]): void {
    const used = this.choice.ids[this.choice.position]!;
    const since = instances
      .flatMap(({ kinds }) => kinds[this.kind] ?? [])
      .filter(({ made }) => made.includes(used));
    const known = since.flatMap((state) => (state.announced === used && state.since ? [state.since] : []));
    if (known.length > 0) this.since = Math.max(...known);
  }

  /**
   * An instance that starts without a secret that this one has used already does not get far: until it gives up, it
   * must not make this one change its secret back and forth.
   */
  private counts({ starting, kinds }: SeenInstance): boolean {
    const theirs = kinds[this.kind];
    return theirs !== undefined && !(starting && isBehind(theirs.known, { ...this.state, announced: null }));
  }

  private use(position: number, now: number): void {
    if (this.decided && position === this.choice.position) return;
    this.choice.position = position;
    this.made.add(position);
    this.decided = true;
    this.since = now;
  }
}
