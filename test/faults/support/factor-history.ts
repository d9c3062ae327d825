import type { Host } from '../../support/host-app.js';
import { FactorAccount, TRUSTED_STEPS } from './factor-account.js';
import { FactorModel, type Stored } from './factor-model.js';
import { FactorOperations, type Operation, WEIGHTS } from './factor-operations.js';
import { FactorWitness } from './factor-witness.js';
import { Random } from './random.js';

/** What a history came to: how often what was answered, and what must not have been. */
export interface Told {
  log: string[];
  seen: ReadonlyMap<string, number>;
  violations: string[];
}

/**
 * The history of one account: it registers, usually adds an authenticator app or a passkey, and then does whatever the seed says, in
 * groups whose operations run at the same time on any of the instances. Between two groups, what is stored is checked.
 */
export class FactorHistory {
  private readonly random: Random;
  private readonly account: FactorAccount;
  private readonly model = new FactorModel();
  private readonly operations: FactorOperations;
  private readonly witness: FactorWitness;

  constructor(
    private readonly hosts: readonly Host[],
    seed: number,
    number: number,
    cookiesOfOthers: readonly string[],
  ) {
    this.random = new Random(seed + number * 7919);
    this.account = new FactorAccount(`owner${number}@example.com`, hosts, this.random, cookiesOfOthers);
    this.witness = new FactorWitness(this.account, this.model, this.random);
    this.operations = new FactorOperations(this.account, this.model, this.random, this.witness);
  }

  async run(): Promise<Told> {
    const { random, operations } = this;
    await this.group([() => operations.register()]);
    if (random.chance(0.8)) await this.prove();
    if (random.chance(0.85)) {
      await this.group([() => (random.chance(0.3) ? operations.addPasskey() : operations.add())]);
      await this.account.wait(random.whole(1, 3));
      await this.group([() => operations.login(), () => operations.login()]);
    }
    for (let left = random.whole(3, 8); left > 0;) {
      if (random.chance(0.3)) await this.account.wait(random.of([1, 2, 3, 20, TRUSTED_STEPS])!);
      const size = Math.min(left, random.whole(1, 4));
      left -= size;
      await this.group(random.chance(0.1) ? this.guesses() : this.choose(size));
    }
    return { log: this.witness.log, seen: this.witness.seen, violations: this.model.violations };
  }

  private choose(size: number): (() => Promise<void>)[] {
    const names = Array.from({ length: size }, () => this.random.weighted(WEIGHTS));
    // One owner does not disable and enable at the same time; what holds then depends on who comes last.
    const isOnce = (name: Operation, i: number) => name !== 'switch' || names.indexOf('switch') === i;
    return names.filter(isOnce).map((name) => () => this.operations[name]());
  }

  /** More wrong codes than the budget allows, in all places at once, and sometimes a right one. */
  private guesses(): (() => Promise<void>)[] {
    const { account, random, operations } = this;
    const guesses = Array.from({ length: 9 }, (_, i) => () => {
      const answer = account.answers.wrong();
      return i % 3 === 0 ? operations.second(answer) : operations.stepUp(answer);
    });
    return random.chance(0.3) ? [...guesses, () => operations.second()] : guesses;
  }

  private async group(work: (() => Promise<void>)[]): Promise<void> {
    const { account, model, operations } = this;
    account.group++;
    this.witness.log.push(`--- ${account.group}`);
    model.begin(account.now);
    await Promise.all(work.map((each) => each()));
    const stored = await this.stored();
    const isReplaced = model.hasKind('codes-renewed', 'first-factor') || !stored.hasFactor;
    model.settle(stored, account.now, isReplaced ? account.answers.setsBefore(account.group) : []);
    // Also those that were just being trusted, with an older ticket.
    if (model.roseHere) account.forgetCookies();
    operations.isProtected = stored.hasFactor;
  }

  /** A reset keeps the factors only of an address that was proven. */
  private async prove(): Promise<void> {
    const { id, email } = this.account;
    await this.hosts[0]!.database.query(
      `INSERT INTO auth_accounts (user_id, proven_email, proven_at) VALUES ($1, $2, now())
       ON CONFLICT (user_id) DO UPDATE SET proven_email = excluded.proven_email, proven_at = now()`,
      [id, email],
    );
  }

  private async stored(): Promise<Stored> {
    const [row] = await this.hosts[0]!.database.query(
      `SELECT u.disabled_at IS NOT NULL AS disabled,
         EXISTS (SELECT FROM auth_factors
           WHERE user_id = $1 AND kind = 'totp' AND confirmed_at IS NOT NULL)
           OR EXISTS (SELECT FROM auth_passkeys WHERE user_id = $1) AS "hasFactor",
         (SELECT COALESCE(jsonb_agg(jsonb_build_object('sid', id, 'acr', acr)), '[]') FROM refresh_tokens
           WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()) AS sessions
       FROM users u WHERE u.id = $1::uuid`,
      [this.account.id],
    );
    return row as Stored;
  }
}
