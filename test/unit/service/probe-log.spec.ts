import { isProbe, ProbeLog } from '../../../src/service/http/probe-log.js';

const READY = '/health/ready';

describe('the log of probes', () => {
  it.each([
    ['/health/live', true],
    ['/health/ready', true],
    ['/metrics', true],
    ['/health', false],
    ['/metrics/more', false],
    ['/auth/login', false],
    ['unknown', false],
  ])('%s is a probe: %s', (route, expected) => {
    expect(isProbe(route)).toBe(expected);
  });

  it('shows a change, and not what stays the same', () => {
    const log = new ProbeLog();
    const levels = [200, 200, 503, 503, 503, 200, 200, 503].map((status) => log.levelOf(READY, status));
    expect(levels).toEqual(['debug', 'debug', 'warn', 'debug', 'debug', 'info', 'debug', 'warn']);
  });

  it('tells one probe from another', () => {
    const log = new ProbeLog();
    expect([log.levelOf(READY, 503), log.levelOf('/health/live', 200), log.levelOf('/metrics', 500)]).toEqual(
      ['warn', 'debug', 'warn'],
    );
  });

  it('shows every refusal', () => {
    const log = new ProbeLog();
    expect([404, 404, 405].map((status) => log.levelOf('/metrics', status))).toEqual([
      'info',
      'info',
      'info',
    ]);
    expect(log.levelOf('/metrics', 200)).toBe('debug');
  });
});
