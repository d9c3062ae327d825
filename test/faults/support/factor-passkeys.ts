import { SoftwareAuthenticator } from '../../../src/testing/index.js';
import type { FactorAccount } from './factor-account.js';
import type { Attempted } from './factor-answers.js';
import type { FactorModel } from './factor-model.js';
import type { FactorWitness } from './factor-witness.js';
import type { Random } from './random.js';

export const PARTY = { rpId: 'example.com', origins: ['https://app.example.com'] };

type Options = Parameters<SoftwareAuthenticator['get']>[0];

/** The passkeys of an account, and what is done with them. */
export class FactorPasskeys {
  private readonly authenticator: SoftwareAuthenticator;
  private readonly counts: boolean;
  /** Their ids by those of their credentials, the oldest first. */
  private readonly ids = new Map<string, string>();
  /** Signatures that were sent, or are just being sent. */
  private readonly sent: Attempted[] = [];

  constructor(
    private readonly account: FactorAccount,
    private readonly model: FactorModel,
    private readonly witness: FactorWitness,
    private readonly random: Random,
  ) {
    this.counts = random.chance(0.5);
    this.authenticator = new SoftwareAuthenticator({ origin: PARTY.origins[0]!, counts: this.counts });
  }

  get newest(): string | undefined {
    return [...this.ids.values()].at(-1);
  }

  async add(): Promise<void> {
    const { account, witness } = this;
    const session = witness.session();
    if (!session) return;
    const call = { token: session.accessToken };
    const begun = await account.post('/auth/passkeys/options', {}, call);
    if (begun.status !== 200) return witness.note('new passkey', begun, session.sid);
    const { ticket, options } = begun.body;
    const response = this.authenticator.create(options, { ignoreExcluded: true });
    const reply = await account.post('/auth/passkeys', { ticket, response }, call);
    // What is refused here is not counted: nobody guesses a factor by it.
    if (reply.status !== 201) return witness.note('new passkey', reply, session.sid);
    const { id, recoveryCodes } = reply.body;
    this.ids.set(response.id, id);
    this.model.changed({ kind: recoveryCodes ? 'first-factor' : 'factor-added', owner: session.sid });
    if (recoveryCodes) account.answers.keepCodes(recoveryCodes, account.group);
    const proof = { key: `registration ${ticket}`, source: id };
    witness.checked('new passkey', reply, { body: { passkey: {} }, proof }, () => session.sid);
  }

  /** Without the password; sometimes the same signature arrives twice. */
  async login(): Promise<void> {
    if (this.ids.size === 0) return this.add();
    const given = await this.answer('/auth/login/passkey', {});
    if (!given) return;
    const times = this.random.chance(0.4) ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.loginWith(given)));
  }

  private async loginWith(given: Attempted): Promise<void> {
    const { account, witness } = this;
    const reply = await account.post('/auth/login/passkey', (given.body as { passkey: object }).passkey);
    if (reply.status !== 200) return witness.note('login by passkey', reply, given.proof?.key);
    witness.checked('login by passkey', reply, given, () =>
      witness.begun(reply, 'factor', 'login by passkey', false),
    );
  }

  /**
   * A signature for what begins at `url`: sometimes one that was sent before, or one of a copy that lags behind.
   * @returns `undefined` if there is no passkey for it, or it cannot begin
   */
  async answer(url: string, body: object, token?: string): Promise<Attempted | undefined> {
    const { random, authenticator } = this;
    if (this.ids.size === 0) return undefined;
    const again = random.chance(0.25) ? random.of(this.sent.slice(-3)) : undefined;
    if (again) return again;
    const begun = await this.account.post(`${url}/options`, body, token === undefined ? {} : { token });
    if (begun.status !== 200) return undefined;
    const { ticket, options } = begun.body as { ticket: string; options: Options };
    const allowed = options.allowCredentials ?? [];
    if (allowed.length === 0 && !url.endsWith('passkey')) return undefined;
    const isCopy = random.chance(0.25) && this.hasCounted(allowed.at(-1)?.id ?? [...this.ids.keys()].at(-1)!);
    const response = authenticator.get(options, isCopy ? { counter: 1 } : {});
    const proof = { key: `challenge ${ticket}`, source: this.ids.get(response.id)! };
    const attempted = { body: { passkey: { ticket, response } }, ...(!isCopy && { proof }) };
    this.sent.push(attempted);
    return attempted;
  }

  /** Whether a copy of this passkey that has signed once must have been left behind. */
  private hasCounted(credentialId: string): boolean {
    const id = this.ids.get(credentialId);
    return (
      this.counts &&
      this.sent.some(({ proof }) => proof?.source === id && this.model.accepted.has(proof!.key))
    );
  }
}
