import { type Answer, type Client, PASSWORD } from '../../support/client.js';
import type { SmtpServer } from '../../support/smtp-server.js';
import type { Pick } from './follower.js';
import type { Attempt, Debt, LinkUse } from './mail-ledger.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const RETRY_MS = 50;
/** How long a mail may take before it is asked for again: an instance with a lease may have been killed. */
const MAIL_MS = 3_000;

let count = 0;

/**
 * Somebody with one account who does everything by mail, records what was acknowledged, and repeats what was not answered.
 */
export class MailUser {
  readonly owed: Debt[] = [];
  readonly uses: LinkUse[] = [];
  private readonly seen = new Set<string>();
  private password = PASSWORD;

  private constructor(
    private readonly pick: Pick,
    private readonly server: SmtpServer,
    private readonly isOver: () => boolean,
    private email: string,
  ) {}

  /** Creates an account, if it is not over before. */
  static async register(pick: Pick, server: SmtpServer, isOver: () => boolean): Promise<MailUser> {
    const user = new MailUser(pick, server, isOver, address(++count));
    const { email } = user;
    const token = await user.linkFor('confirm', email, [['confirm-registration', email]], (client) =>
      client.post('/auth/register', { email, password: PASSWORD }),
    );
    if (token === undefined) return user;
    await user.use(['account'], (client) =>
      client.post('/auth/register/confirm', { token, password: PASSWORD }),
    );
    await user.settle(async () => ((await user.logIn()) ? ['account'] : []));
    return user;
  }

  /** Forgets the password, and uses the link for two others at the same time. */
  async reset(): Promise<void> {
    const { email } = this;
    const token = await this.linkFor('reset', email, [['reset-password', email]], (client) =>
      client.post('/auth/password/forgot', { email }),
    );
    if (token === undefined) return;
    const passwords = [`a long sentence, number ${++count}`, `a long sentence, number ${++count}`];
    const isDone = await this.use(passwords, (client, newPassword) =>
      client.post('/auth/password/reset', { token, newPassword }),
    );
    if (isDone) this.owe([['password-reset', email]]);
    await this.settle(async () => {
      const works: string[] = [];
      for (const each of [this.password, ...passwords]) if (await this.logIn(email, each)) works.push(each);
      this.password = works[0] ?? this.password;
      return works;
    });
  }

  /** Moves the account to another address, where no mail of an earlier request can arrive late. */
  async move(): Promise<void> {
    const { email: from } = this;
    const accessToken = await this.logIn();
    if (accessToken === undefined) throw new Error('the password does not work');
    const to = address(++count);
    const owed: [string, string][] = [
      ['email-change-confirm', to],
      ['email-change-requested', from],
    ];
    const token = await this.linkFor('confirm-email', to, owed, (client) =>
      client.post('/auth/email', { newEmail: to }, { token: accessToken }),
    );
    if (token === undefined) return;
    const isDone = await this.use([to], (client) => client.post('/auth/email/confirm', { token }));
    if (isDone)
      this.owe([
        ['email-changed', from],
        ['email-changed', to],
      ]);
    await this.settle(async () => {
      const works: string[] = [];
      for (const each of [from, to]) if (await this.logIn(each)) works.push(each);
      this.email = works[0] ?? from;
      return works;
    });
  }

  /** Asks for a mail until it is there. `undefined` if it was over before. */
  private async linkFor(
    page: string,
    to: string,
    owed: [template: string, recipient: string][],
    request: (client: Client) => Promise<Answer>,
  ): Promise<string | undefined> {
    const pattern = new RegExp(`/account/${page}#t=(lk_[\\w-]+)`);
    while (!this.isOver()) {
      const { status } = await this.ask(request);
      if (status !== 202) throw new Error(`${page}: ${status}`);
      this.owe(owed);
      for (const began = performance.now(); performance.now() < began + MAIL_MS; await pause(RETRY_MS)) {
        const tokens = this.server.mails
          .filter((mail) => mail.to.includes(to))
          .map(({ text }) => pattern.exec(text)?.[1]);
        const fresh = tokens.find((token) => token !== undefined && !this.seen.has(token));
        if (fresh === undefined) continue;
        for (const token of tokens) this.seen.add(token!);
        return fresh;
      }
    }
    return undefined;
  }

  /** Tries a link with each of these at the same time, until each was answered. Returns whether one was acknowledged. */
  private async use(
    values: string[],
    send: (client: Client, value: string) => Promise<Answer>,
  ): Promise<boolean> {
    const attempts = await Promise.all(
      values.map(async (value): Promise<Attempt> => {
        const answers: Attempt['answers'] = [];
        const { status, body } = await this.ask(
          (client) => send(client, value),
          () => answers.push('unanswered'),
        );
        const isRefused = status === 400 && body.error === 'ACTION_TOKEN_INVALID';
        if (!isRefused && status !== 201 && status !== 204)
          throw new Error(`${status} ${JSON.stringify(body)}`);
        answers.push(isRefused ? 'refused' : 'done');
        return { value, answers };
      }),
    );
    this.uses.push({ attempts, works: [] });
    return attempts.some(({ answers }) => answers.includes('done'));
  }

  private async settle(works: () => Promise<string[]>): Promise<void> {
    this.uses.at(-1)!.works = await works();
  }

  /** Returns an access token if that is possible. */
  private async logIn(email = this.email, password = this.password): Promise<string | undefined> {
    const { status, body } = await this.ask((client) => client.post('/auth/login', { email, password }));
    if (status !== 200 && status !== 401) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
    return status === 200 ? (body.accessToken as string) : undefined;
  }

  private owe(owed: [template: string, recipient: string][]): void {
    for (const [template, recipient] of owed) this.owed.push({ template, recipient });
  }

  /** Asks one instance after the other until one answers. */
  private async ask(
    call: (client: Client) => Promise<Answer>,
    unanswered: () => unknown = () => undefined,
  ): Promise<Answer> {
    for (;;) {
      try {
        const answer = await call(this.pick());
        if (answer.status !== 503) return answer;
      } catch (error) {
        if ((error as Error).name !== 'TypeError') throw error; // fetch: the connection failed
      }
      unanswered();
      await pause(RETRY_MS);
    }
  }
}

const address = (n: number) => `mail-user${n}@example.com`;
