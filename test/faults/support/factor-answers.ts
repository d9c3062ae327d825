import { STEP_SECONDS } from '../../../src/mfa/factor-store.js';
import { codeOf, fromBase32 } from '../../../src/mfa/totp.js';
import type { Proof } from './factor-model.js';
import type { Random } from './random.js';

export interface Totp {
  id: string;
  secret: string;
}

/** What is answered to a question for a second factor; without a proof, it is wrong. */
export interface Attempted {
  body: { code: string } | { recoveryCode: string } | { passkey: object };
  proof?: Proof;
}

interface RecoveryCode {
  code: string;
  /** Those that were handed out together are replaced together. */
  set: string;
  group: number;
}

/** The authenticator apps and the recovery codes of an account, and what can be answered with them. */
export class FactorAnswers {
  readonly totps: Totp[] = [];
  private readonly recoveryCodes: RecoveryCode[] = [];
  private sets = 0;
  /** By how many time steps its factors and failures have been made older. */
  shift = 0;

  constructor(private readonly random: Random) {}

  keepCodes(codes: readonly string[], group: number): void {
    const set = `recovery codes ${++this.sets}`;
    this.recoveryCodes.push(...codes.map((code) => ({ code, set, group })));
  }

  /** What could be used before a group. */
  setsBefore(now: number): string[] {
    return [...new Set(this.recoveryCodes.filter(({ group }) => group < now).map(({ set }) => set))];
  }

  /**
   * A right, a replayed or a wrong answer, of any kind.
   * @param accepted by the keys of codes
   */
  answer(accepted: ReadonlyMap<string, string>): Attempted {
    const { random } = this;
    const kind = random.weighted({ code: 9, replay: 3, recovery: 3, wrong: 3 });
    const totp = random.of(this.totps);
    if (kind === 'code' && totp) return this.codeOf(totp);
    const key = kind === 'replay' ? random.of([...accepted.keys()]) : undefined;
    // Parallel operations shall choose the same one, and later ones another.
    const isNext = (code: string) => (kind === 'recovery' ? !accepted.has(code) : code === key);
    const recovery = this.recoveryCodes.find(({ code }) => isNext(code));
    return (
      (key !== undefined && this.replayed(key)) || (recovery && recoveryAnswer(recovery)) || this.wrong()
    );
  }

  /** A code that an authenticator app shows now, or nearly: parallel operations often choose the same. */
  codeOf(totp: Totp, offset = this.random.of([0, 0, 0, 1, -1])!): Attempted {
    const real = Math.floor(Date.now() / 1000 / STEP_SECONDS) + offset;
    const key = fromBase32(totp.secret);
    const code = codeOf(key, real);
    // One code of two time steps may pass twice: rare, and right.
    const isTwice = [-2, -1, 1, 2].some((other) => codeOf(key, real + other) === code);
    const step = isTwice ? Math.random() : real + this.shift;
    return { body: { code }, proof: { key: `${totp.id} ${step}`, source: totp.id } };
  }

  /** The code of an authenticator app that had this key. */
  private replayed(key: string): Attempted | undefined {
    const [id, step] = key.split(' ');
    const totp = this.totps.find((each) => each.id === id);
    const real = Number(step) - this.shift;
    if (!totp || !Number.isInteger(real)) return undefined;
    return { body: { code: codeOf(fromBase32(totp.secret), real) }, proof: { key, source: totp.id } };
  }

  wrong(): Attempted {
    if (this.random.chance(0.3)) return { body: { recoveryCode: 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA' } };
    const now = Math.floor(Date.now() / 1000 / STEP_SECONDS);
    const near = new Set<string>();
    for (const { secret } of this.totps)
      for (let offset = -3; offset <= 3; offset++) near.add(codeOf(fromBase32(secret), now + offset));
    const codes = Array.from({ length: 50 }, (_, n) => String(n).padStart(6, '0'));
    return { body: { code: codes.find((code) => !near.has(code))! } };
  }
}

const recoveryAnswer = ({ code, set }: RecoveryCode): Attempted => ({
  body: { recoveryCode: code },
  proof: { key: code, source: set },
});
