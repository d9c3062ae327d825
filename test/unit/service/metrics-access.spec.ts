import { MetricsAccess } from '../../../src/service/metrics/metrics-access.js';

describe('the metrics', () => {
  it('are available with each of several tokens, so that a new one can be rolled out', () => {
    const access = new MetricsAccess(['the new token', 'the-old-token'], false);
    expect(access.allows('Bearer the-old-token')).toBe(true);
    expect(new MetricsAccess(['new-token', 'old-token'], false).allows('bearer new-token')).toBe(true);
    for (const wrong of [undefined, '', 'Bearer', 'Bearer other', 'Basic the-old-token'])
      expect(access.allows(wrong)).toBe(false);
  });

  it('are available to nobody without a token', () => {
    expect(new MetricsAccess([], false).allows('Bearer ')).toBe(false);
    expect(new MetricsAccess([], false).allows('Bearer undefined')).toBe(false);
  });

  it('are available to everyone in development', () => {
    expect(new MetricsAccess([], true).allows(undefined)).toBe(true);
  });
});
