import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AccountMail, AccountMails } from '../../src/actions/account-mails.js';
import { AccountRecords } from '../../src/actions/account-records.js';
import { ActionSecrets } from '../../src/actions/action-tokens.js';
import type { FactorOwner } from '../../src/mfa/owned-accounts.js';
import type { ClientInfo } from '../../src/sessions/session-types.js';
import { TotpEnrolment } from '../../src/mfa/totp-enrolment.js';
import { PasskeyStore } from '../../src/passkeys/passkey-store.js';
import {
  AuthEvents,
  type AuthEvent,
  AuthModule,
  type AuthModuleOptions,
  AuthService,
  TokensService,
  UserStore,
} from '../../src/index.js';
import { FakeClock, inMemoryAuth, InMemoryUserStore, totpCode } from '../../src/testing/index.js';

export const PASSWORD = 'gnu waxes pinky quickly';
export const CLIENT = {
  ip: '192.0.2.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
};
/** The module without a database and without HTTP. */
export type InMemoryApp = Awaited<ReturnType<typeof startInMemoryApp>>;

/** Starts the module with everything in memory, on a clock that stands still. */
export async function startInMemoryApp(options: Partial<AuthModuleOptions> = {}) {
  const clock = new FakeClock();
  const mails: AccountMail[] = [];
  @Injectable()
  class Mails implements AccountMails {
    async enqueue(mail: AccountMail): Promise<void> {
      mails.push(mail);
    }
  }
  @Module({
    imports: [
      AuthModule.forRoot(
        inMemoryAuth({
          clock: clock.now,
          accountMails: Mails,
          accounts: { verification: 'optional' },
          publicUrl: 'https://auth.example.com',
          passkeys: { rpId: 'example.com', origins: ['https://app.example.com'] },
          mfa: { encryptionSecrets: randomBytes(48).toString('base64url') },
          ...options,
        }),
      ),
    ],
  })
  class HostModule {}
  const app = await NestFactory.createApplicationContext(HostModule, { logger: false, abortOnError: false });
  const events: AuthEvent[] = [];
  app.get(AuthEvents).subscribe((event) => void events.push(event));
  const auth = app.get(AuthService);
  const { states } = app.get<AccountRecords>(AccountRecords);
  let count = 0;
  return {
    app,
    auth,
    clock,
    /** All of them so far, the oldest first. */
    mails,
    events,
    states,
    tokens: app.get(TokensService),
    users: app.get<InMemoryUserStore>(UserStore),
    /** Those of this kind about a user, or about an address without one. */
    eventsOf: (type: AuthEvent['type'], userId?: string) =>
      events.filter((event) => event.type === type && event.userId === userId),
    mailsTo: (email: string) => mails.filter(({ to }) => to === email),
    /** Registers a user with a session. */
    async register(name: string | null = 'Ada', client = CLIENT) {
      const email = `user${++count}@example.com`;
      const outcome = await auth.register({ email, password: PASSWORD, name }, client);
      if (outcome.outcome !== 'signed-in') throw new Error(outcome.outcome);
      const { user, tokens } = outcome;
      const { sid } = await app.get(TokensService).verify(tokens.accessToken);
      return { id: user.id, email, sessionId: sid, ...tokens };
    },
    /** Adds an authenticator app in a session, by the code that it shows now. */
    async addTotp(owner: FactorOwner, name: string | null = 'Phone', client: ClientInfo = CLIENT) {
      const enrolment = app.get(TotpEnrolment);
      const { id, secret } = await enrolment.begin(owner, 'ada@example.com', name);
      const code = () => totpCode(secret, clock.now);
      const { recoveryCodes = [] } = await enrolment.confirm(owner, id, code(), client);
      return { id, code, recoveryCodes };
    },
    /** As if the user had added a passkey before. */
    async addPasskey(userId: string, { suspended = false } = {}): Promise<string> {
      const store = app.get<PasskeyStore>(PasskeyStore);
      const id = randomUUID();
      const key = { publicKey: Buffer.alloc(0), counter: 0, transports: [], backupEligible: false };
      await store.add({ id, userId, credentialId: id, ...key, backedUp: false, name: 'Key' }, 50);
      if (suspended) await store.suspend(id);
      return id;
    },
    /** Another session of a user: its id. */
    async startSession(id: string): Promise<string> {
      return (await app.get(TokensService).startSession({ id, roles: [], permissions: [] })).sessionId;
    },
    sessionsOf: async (id: string) => (await app.get(TokensService).sessionsOf(id)).map((each) => each.id),
    /** How strong a session is, by its next access token. */
    async levelOf(user: { refreshToken: string }) {
      const { accessToken, refreshToken } = await app.get(TokensService).rotate(user.refreshToken);
      user.refreshToken = refreshToken;
      const { acr, amr } = await app.get(TokensService).verify(accessToken);
      return { acr, amr };
    },
    /** The token of the newest link to this address, in a mail of this kind; none if the link is dead. */
    async tokenOf(template: AccountMail['template'], email: string): Promise<string> {
      const mail = mails.findLast((each) => each.template === template && each.to === email);
      return (await app.get(ActionSecrets).issue(mail!.actionId!))!;
    },
    close: () => app.close(),
  };
}
