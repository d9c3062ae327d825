import { parseCursor, printCursor } from '../../../src/audit-export/exported-event.js';
import { delayAfter, judge } from '../../../src/audit-export/retry-policy.js';

const NOW = Date.UTC(2030, 0, 1);

describe('an answer of a receiver', () => {
  it.each([200, 202, 204, 299])('%i means delivered', (status) =>
    expect(judge(status, undefined)).toEqual({ kind: 'delivered' }),
  );

  it.each([301, 302, 307, 408, 425, 429, 500, 502, 503, 504, 599])('%i means later', (status) =>
    expect(judge(status, undefined)).toMatchObject({ kind: 'failed', reason: `it answered ${status}` }),
  );

  it.each([400, 401, 403, 404, 410, 413, 422, 451])('%i means never', (status) =>
    expect(judge(status, '1')).toEqual({ kind: 'refused', reason: `it answered ${status}` }),
  );

  it.each<[string | undefined, number | undefined]>([
    ['7', 7_000],
    ['0', 0],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ['soon', undefined],
    ['-5', undefined],
    ['99999999999999999999', undefined],
    [undefined, undefined],
  ])('with Retry-After %s asks for %s ms', (header, ms) => {
    const outcome = judge(503, header, NOW) as { retryAfterMs?: number };
    expect(outcome.retryAfterMs).toBe(ms);
  });
});

describe('the wait after failures', () => {
  it('doubles up to five minutes, with jitter of up to a half', () => {
    const least = [0, 1, 2, 8, 9, 1_000].map((failures) => delayAfter(failures, 0, () => 0));
    const most = [0, 1, 2, 8, 9, 1_000].map((failures) => delayAfter(failures, 0, () => 1));
    expect(most).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
    expect(least).toEqual(most.map((ms) => ms / 2));
  });

  it('is as long as the receiver asks for, but at most an hour, and never shorter because of it', () => {
    expect(delayAfter(0, 20_000, () => 1)).toBe(20_000);
    expect(delayAfter(0, 86_400_000, () => 1)).toBe(3_600_000);
    expect(delayAfter(5, 1, () => 1)).toBe(32_000);
  });
});

describe('a cursor', () => {
  const place = { xid: '123456789012', id: '01a222cb-13ee-7000-92b4-befc03d68c49' };

  it('is read as it was printed', () => {
    expect(parseCursor(printCursor(place))).toEqual(place);
    expect(parseCursor(printCursor({ ...place, xid: '-1' }))).toEqual({ ...place, xid: '-1' });
  });

  it.each([
    '',
    'x',
    'MTox',
    '💥',
    `${printCursor(place)}AAAA`,
    printCursor({ ...place, xid: '1'.repeat(19) }),
  ])('that is %j is none', (text) => expect(parseCursor(text)).toBeNull());
});
