import { randomInt } from 'node:crypto';
import { type Host, startHost } from '../support/host-app.js';
import { RecordedMails } from '../support/recorded-mails.js';
import { codeFor, enrolled, mfaOptions, ticketFor } from '../support/second-factors.js';
import { FactorHistory, type Told } from './support/factor-history.js';
import { PARTY } from './support/factor-passkeys.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';

// A run of fewer, as on every change: FAULTS_HISTORIES=500 npm run test:faults -- factor-histories
const HISTORIES = Number(process.env.FAULTS_HISTORIES ?? 10_000);
// Both are printed with a failure: FAULTS_SEED repeats what is done, and FAULTS_HISTORY does one history alone.
const SEED = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));
const ONLY = process.env.FAULTS_HISTORY;
/** How many accounts live at the same time. */
const SIDE_BY_SIDE = 16;
/** What must happen at least once in a hundred histories. */
const ATTEMPTED = [
  'login: 200',
  'login: 401 MFA_REQUIRED',
  'second step: 200',
  'second step: 401 INVALID_CODE',
  'second step: 429 RATE_LIMITED',
  'step-up: 200',
  'step-up: 401 INVALID_CODE',
  'step-up: 429 RATE_LIMITED',
  'confirmation: 200',
  'removal: 204',
  'new recovery codes: 201',
  'reset: 204',
  'refresh: 200',
  'new passkey: 201',
  'login by passkey: 200',
  'second step by passkey: 200',
  'step-up by passkey: 200',
];
/** After so many broken histories, no more is learned. */
const ENOUGH = 5;

describe('second factors on two instances, in random order and at the same time', () => {
  let postgres: OwnPostgres;
  let hosts: Host[];
  let cookiesOfOthers: string[];
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    const options = {
      mfa: { ...mfaOptions(), recoveryBrake: '0s' as const },
      passkeys: PARTY,
      accounts: {},
      jwt: { accessSecret: 'a'.repeat(64), refreshSecret: 'b'.repeat(64) },
    };
    const start = () =>
      startHost({
        adapter: 'fastify',
        databaseUrl: postgres.url,
        parts: { accountMails: RecordedMails },
        options,
      });
    hosts = [await start(), await start()];
    await hosts[0]!.database.query('CREATE INDEX ON recorded_mails (recipient)');
    cookiesOfOthers = [await trustedBySomebody(hosts[0]!)];
  });
  afterAll(async () => {
    await Promise.all((hosts ?? []).map((host) => host.close()));
    await postgres?.close();
  });

  it(
    `${HISTORIES} histories start no session that was not earned, accept no code twice, and exceed no budget`,
    async () => {
      const numbers = ONLY === undefined ? Array.from({ length: HISTORIES }, (_, i) => i) : [Number(ONLY)];
      const [broken, seen]: [string[], Map<string, number>] = [[], new Map()];
      const lane = async () => {
        for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
          const told = await new FactorHistory(hosts, SEED, number, cookiesOfOthers).run();
          for (const [what, times] of told.seen) seen.set(what, (seen.get(what) ?? 0) + times);
          if (told.violations.length > 0) broken.push(describeBroken(number, told));
          if (broken.length >= ENOUGH) return;
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));

      count('histories of second factors', HISTORIES);
      count('violations', broken.length);
      expect(broken).toEqual([]);
      if (ONLY !== undefined) return;
      // Nothing holds only because nothing happens.
      const rare = ATTEMPTED.filter((what) => (seen.get(what) ?? 0) < HISTORIES / 100);
      expect(rare).toEqual([]);
    },
    HISTORIES * 200 + 120_000,
  );
});

/** The cookie of a device that another account trusts. */
async function trustedBySomebody(host: Host): Promise<string> {
  const { email, secret } = await enrolled(host);
  const body = { mfaToken: await ticketFor(host, email), code: codeFor(secret), trustDevice: true };
  return (await host.client.post('/auth/login/mfa', body)).cookies.trusted!.value;
}

function describeBroken(number: number, { violations, log }: Told): string {
  return [`FAULTS_SEED=${SEED} FAULTS_HISTORY=${number}`, ...violations, ...log].join('\n');
}
