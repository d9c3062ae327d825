import { InvalidCodeError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { FactorBudget } from './factor-budget.js';
import type { FactorAnswer, FactorKind, FactorKindName, FactorOccasion, FactorProof } from './factor-kind.js';

/** Asks users for their second factors, of whatever kind, within one budget. */
export class SecondFactors {
  constructor(
    private readonly kinds: readonly FactorKind[],
    private readonly budget: FactorBudget,
    private readonly events: AuthEvents,
  ) {}

  /** The kinds that the user can answer with; empty if there is no second factor, because a backup alone is none. */
  async methodsOf(userId: string): Promise<FactorKindName[]> {
    const methods: FactorKindName[] = [];
    for (const kind of this.kinds.filter(({ isBackup }) => !isBackup))
      if (await kind.has(userId)) methods.push(kind.kind);
    if (methods.length === 0) return methods;
    for (const kind of this.kinds.filter(({ isBackup }) => isBackup))
      if (await kind.has(userId)) methods.push(kind.kind);
    return methods;
  }

  /**
   * Verifies an answer as one attempt of the account's budget.
   * @throws the error of the kind for a wrong answer, `InvalidCodeError` for a kind that is off; RateLimitedError if the
   *   account has to wait
   */
  async prove(
    userId: string,
    answer: FactorAnswer,
    occasion: FactorOccasion,
    client?: ClientInfo,
  ): Promise<FactorProof> {
    const kind = this.kinds.find((each) => each.isFor(answer));
    if (!kind) throw new InvalidCodeError();
    const proof = await this.budget.attempt(userId, () => kind.verify(userId, answer, occasion), client);
    if (proof) return proof;
    this.events.emit({ type: 'mfa-failed', kind: kind.kind, use: occasion.use, ...client, userId });
    throw kind.wrongAnswer();
  }
}
