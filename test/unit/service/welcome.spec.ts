import type { MailTransport } from '../../../src/index.js';
import type { Logger } from '../../../src/service/logger.js';
import { welcome } from '../../../src/service/welcome.js';
import { type Configuration, readConfiguration } from '../../../src/settings/configuration.js';
import { productionSettings } from '../../support/service-process.js';

const URL = 'http://127.0.0.1:3000';
const SETTINGS = productionSettings('postgres://latchkey@127.0.0.1/latchkey');

/** What it says with these settings. */
function linesOf(settings: Record<string, string>, change: Partial<Configuration> = {}): string[] {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const configuration = { ...readConfiguration({ ...SETTINGS, ...settings }), ...change };
  welcome({ url: URL, stop: async () => {}, drainMs: 0 }, configuration, {
    info: say,
    warn: say,
  } as unknown as Logger);
  return lines.filter((line) => !line.includes('RATE_LIMIT'));
}

describe('the welcome', () => {
  it('names address, account page, docs, data folder and what to do next in development', () => {
    const dataDir = '/srv/app/.latchkey';
    const settings = { NODE_ENV: 'development', DATA_DIR: dataDir };
    expect(linesOf(settings, { databaseUrl: undefined })).toEqual([
      `Latchkey listens on ${URL}`,
      `Account page: ${URL}/account`,
      `Mails: ${URL}/account/mailbox`,
      `API docs: ${URL}/docs`,
      `Development mode: the database and generated secrets are in ${dataDir}`,
      `Next: open ${URL}/account/sign-up and create an account`,
    ]);
  });

  it('tells of each mail that nothing sends, without its address or link', async () => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const configuration = readConfiguration({ ...SETTINGS, NODE_ENV: 'development' });
    const logger = { info: say, warn: say } as unknown as Logger;
    welcome({ url: URL, stop: async () => {}, drainMs: 0 }, configuration, logger);
    const { transport } = configuration.auth.mail!;
    const mail = { to: 'ada@example.com', subject: 'Reset your password', text: '#t=lk_1', html: '#t=lk_1' };
    await (transport as MailTransport).send({
      ...mail,
      template: 'reset-password',
      messageId: '1',
      headers: {},
    });
    expect(lines.at(-1)).toBe(`A mail, "Reset your password", is at ${URL}/account/mailbox`);
  });

  it('gives the data folder as an absolute path', () => {
    const lines = linesOf({ NODE_ENV: 'development', DATA_DIR: 'data' });
    expect(lines).toContain(`Development mode: generated secrets are in ${process.cwd()}/data`);
  });

  it('names no page that is off', () => {
    const lines = linesOf({ NODE_ENV: 'development', ACCOUNT_PAGES: 'off', DOCS: 'off' });
    expect(lines.join('\n')).not.toMatch(/\/account|\/docs/);
    expect(lines).toContain(`Next: open ${URL}`);
  });

  it('says where it is in production, and no more', () => {
    expect(linesOf({})).toEqual([`Latchkey listens on ${URL}`]);
    expect(linesOf({ ACCOUNT_PAGES: 'on' })).toEqual([
      `Latchkey listens on ${URL}`,
      `Account page: ${URL}/account`,
    ]);
  });

  it('warns of an address without TLS outside development', () => {
    const settings = { PUBLIC_URL: 'http://127.0.0.1:3000' };
    expect(linesOf(settings)).toContainEqual(expect.stringMatching(/^PUBLIC_URL begins with http:/));
    const development = { ...settings, NODE_ENV: 'development' };
    expect(linesOf(development).join('\n')).not.toContain('PUBLIC_URL');
  });

  it('warns when passwords can be guessed without limit', () => {
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (line: string) => warnings.push(line) } as unknown as Logger;
    welcome({ url: URL, stop: async () => {}, drainMs: 0 }, readConfiguration(SETTINGS), logger);
    expect(warnings).toEqual([expect.stringContaining('RATE_LIMIT is off')]);
  });
});
