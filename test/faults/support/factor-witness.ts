import type { FactorAccount, OwnSession, Reply } from './factor-account.js';
import type { Attempted } from './factor-answers.js';
import type { Beginning, FactorModel } from './factor-model.js';
import type { Random } from './random.js';

/** How an answer to a question for a second factor is refused as wrong. */
const WRONG = new Set(['INVALID_CODE', 'PASSKEY_REJECTED']);

/** Tells the model what was answered to the operations of a history, and keeps a log of it. */
export class FactorWitness {
  readonly log: string[] = [];
  /** How often what was answered. */
  readonly seen = new Map<string, number>();

  constructor(
    private readonly account: FactorAccount,
    private readonly model: FactorModel,
    private readonly random: Random,
  ) {}

  /** A session to work in: mostly the newest. */
  session(): OwnSession | undefined {
    const { sessions } = this.account;
    return this.random.chance(0.7) ? sessions.at(-1) : this.random.of(sessions);
  }

  /** A session began. Returns its id. */
  begun(reply: Reply, by: Beginning['by'], what: string, isFromBefore: boolean): string {
    const { accessToken, refreshToken } = reply.body;
    const sid = this.model.token(accessToken, what);
    this.model.session(sid, { by, isFromBefore });
    this.account.sessions.push({ sid, accessToken, refreshToken });
    return sid;
  }

  /**
   * A second factor was answered for.
   * @param accepted returns the session that the answer was for
   */
  checked(what: string, reply: Reply, { body, proof }: Attempted, accepted: () => string): void {
    this.note(what, reply, proof?.key ?? JSON.stringify('passkey' in body ? 'a copied passkey' : body));
    if (WRONG.has(reply.body.error)) return this.model.failed();
    if (reply.status === 429) return;
    if (proof) this.model.mayHavePassed();
    if (reply.status >= 300) return;
    const sid = accepted();
    if (proof) this.model.proven(proof, sid, what);
    else this.model.wrongAccepted(what);
  }

  note(what: string, { status, body }: Reply, about = ''): void {
    const outcome = `${status} ${body?.error ?? ''}`.trim();
    this.log.push(`${what} ${about}: ${outcome}`);
    this.seen.set(`${what}: ${outcome}`, (this.seen.get(`${what}: ${outcome}`) ?? 0) + 1);
    if (status >= 500) this.model.violations.push(`${what} was answered with ${status}`);
  }
}
