import { randomBytes } from 'node:crypto';
import type { AuditReceiverOptions } from '../../../src/index.js';
import { ConfigurationError, readConfiguration } from '../../../src/settings/configuration.js';
import { productionSettings } from '../../support/service-process.js';

const secret = () => randomBytes(36).toString('base64');
const [FIRST, SECOND] = [secret(), secret()] as [string, string];
const URL_OF = (name: string) => `https://${name}.example.com/in?key=a=b`;

const read = (env: Record<string, string>) =>
  readConfiguration({ ...productionSettings('postgres://localhost/latchkey'), ...env });

function receiversOf(env: Record<string, string>): AuditReceiverOptions[] {
  const { audit } = read(env).auth;
  return (typeof audit === 'object' && audit.receivers) || [];
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
}

describe('AUDIT_WEBHOOK_URL', () => {
  it('is one receiver, with a secret that may contain any character of base64', () => {
    const env = { AUDIT_WEBHOOK_URL: URL_OF('siem'), AUDIT_WEBHOOK_SECRET: FIRST };
    expect(receiversOf(env)).toEqual([
      { name: 'webhook', url: URL_OF('siem'), secret: [FIRST], allowPrivateAddresses: false },
    ]);
  });

  it('is several receivers with names', () => {
    const env = {
      AUDIT_WEBHOOK_URL: `siem=${URL_OF('siem')}, archive=${URL_OF('archive')}`,
      AUDIT_WEBHOOK_SECRET: `archive=${SECOND},siem=${FIRST}`,
      AUDIT_WEBHOOK_ALLOW_PRIVATE: 'on',
    };
    expect(receiversOf(env)).toEqual([
      { name: 'siem', url: URL_OF('siem'), secret: [FIRST], allowPrivateAddresses: true },
      { name: 'archive', url: URL_OF('archive'), secret: [SECOND], allowPrivateAddresses: true },
    ]);
  });

  it('may sign with several secrets, so that a receiver can change over at any time', () => {
    const both = { AUDIT_WEBHOOK_URL: URL_OF('siem'), AUDIT_WEBHOOK_SECRET: `${SECOND},${FIRST}` };
    expect(receiversOf(both)).toMatchObject([{ secret: [SECOND, FIRST] }]);
    const named = {
      AUDIT_WEBHOOK_URL: `siem=${URL_OF('siem')}`,
      AUDIT_WEBHOOK_SECRET: `siem=${SECOND},siem=${FIRST}`,
    };
    expect(receiversOf(named)).toMatchObject([{ secret: [SECOND, FIRST] }]);
  });

  it('that is not set is no receiver', () => expect(receiversOf({})).toEqual([]));

  it.each<[string, Record<string, string>, string[]]>([
    ['without a secret', { AUDIT_WEBHOOK_URL: URL_OF('siem') }, ['AUDIT_WEBHOOK_SECRET is missing']],
    [
      'with a secret for another name',
      { AUDIT_WEBHOOK_URL: `siem=${URL_OF('siem')}`, AUDIT_WEBHOOK_SECRET: `archive=${FIRST}` },
      ['AUDIT_WEBHOOK_SECRET is missing'],
    ],
    [
      'missing',
      { AUDIT_WEBHOOK_SECRET: FIRST },
      ['AUDIT_WEBHOOK_SECRET does nothing without AUDIT_WEBHOOK_URL'],
    ],
    [
      'without TLS',
      { AUDIT_WEBHOOK_URL: 'http://siem.example.com', AUDIT_WEBHOOK_SECRET: FIRST },
      ['AUDIT_WEBHOOK_URL must be a URL that begins with https://'],
    ],
    [
      'with several receivers, of which one has no name',
      {
        AUDIT_WEBHOOK_URL: `siem=${URL_OF('siem')},${URL_OF('archive')}`,
        AUDIT_WEBHOOK_SECRET: `siem=${FIRST}`,
      },
      ['AUDIT_WEBHOOK_URL must name each of several receivers'],
    ],
    [
      'with AUDIT=off',
      { AUDIT: 'off', AUDIT_WEBHOOK_URL: URL_OF('siem'), AUDIT_WEBHOOK_SECRET: FIRST },
      ['AUDIT_WEBHOOK_URL does nothing with AUDIT=off'],
    ],
    [
      'with a token for AUDIT=off',
      { AUDIT: 'off', AUDIT_EXPORT_TOKEN: FIRST },
      ['AUDIT_EXPORT_TOKEN does nothing'],
    ],
  ])('%s is refused', (_, env, messages) => {
    const problems = problemsOf(env);
    for (const message of messages) expect(problems).toContainEqual(expect.stringContaining(message));
    for (const problem of problems) expect(problem).not.toContain(FIRST);
  });

  it('needs other secrets than AUDIT_EXPORT_TOKEN and METRICS_TOKEN', () => {
    const env = {
      AUDIT_WEBHOOK_URL: `siem=${URL_OF('siem')}`,
      AUDIT_WEBHOOK_SECRET: `siem=${FIRST}`,
      AUDIT_EXPORT_TOKEN: FIRST,
      METRICS_TOKEN: SECOND,
    };
    const again = 'is also used elsewhere: generate a different secret for each use';
    expect(problemsOf(env)).toEqual([`AUDIT_EXPORT_TOKEN ${again}`]);
    expect(problemsOf({ AUDIT_EXPORT_TOKEN: SECOND, METRICS_TOKEN: SECOND })).toEqual([
      `AUDIT_EXPORT_TOKEN ${again}`,
    ]);
    expect(problemsOf({ AUDIT_EXPORT_TOKEN: 'short' })).toEqual([
      expect.stringMatching(/^AUDIT_EXPORT_TOKEN is short enough to be guessed/),
    ]);
  });
});
