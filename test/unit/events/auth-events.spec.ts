import type { AuthEvent } from '../../../src/events/auth-event.js';
import { AuthEvents } from '../../../src/events/auth-events.js';
import { timeOrderedIds } from '../../../src/events/event-id.js';

function open() {
  const heard: AuthEvent[] = [];
  const warnings: string[] = [];
  const events = new AuthEvents(
    () => 1_764_000_000_000,
    (line) => void warnings.push(line),
  );
  events.subscribe((event) => void heard.push(event));
  return { events, heard, warnings };
}

describe('events', () => {
  it('reach every listener in full, until it is removed', () => {
    const { events, heard } = open();
    const other: AuthEvent[] = [];
    const leave = events.subscribe((event) => void other.push(event));
    events.emit({ type: 'refreshed', userId: 'u', sessionId: 's' });
    leave();
    events.emit({ type: 'refreshed' });
    expect(heard).toHaveLength(2);
    expect(other).toEqual([
      {
        type: 'refreshed',
        userId: 'u',
        sessionId: 's',
        id: expect.any(String),
        at: new Date(1_764_000_000_000),
      },
    ]);
  });

  it("survive listeners that fail, which are reported without the event's contents", async () => {
    const { events, heard, warnings } = open();
    events.subscribe(() => {
      throw new Error('immediately');
    });
    events.subscribe(() => Promise.reject(new Error('later')));
    events.emit({ type: 'refreshed', userId: 'somebody' });
    await new Promise(setImmediate);
    expect(heard).toHaveLength(1);
    expect(warnings).toEqual([
      'A listener for the event refreshed failed: immediately',
      'A listener for the event refreshed failed: later',
    ]);
  });

  it('carry external text without control characters, broken Unicode or excessive length', () => {
    const { events, heard } = open();
    events.emit({
      type: 'logged-in',
      email: '***',
      userAgent: `Mozilla\r\n\u001b[31m\0\u2028\ud800${'x'.repeat(1000)}`,
      requestId: 'r'.repeat(1000),
      ip: '\0',
    });
    const [event] = heard;
    expect(event!.userAgent).toMatch(/^Mozilla\[31mx{300,400}$/);
    expect(event!.requestId).toHaveLength(100);
    expect(event!.ip).toBeUndefined();
  });

  it('name a tried account in masked form, and by a key that is meaningless elsewhere', () => {
    const [one, two] = [open().events, open().events];
    const tried = one.tried('ada@example.com');
    expect(tried.email).toBe('a***@example.com');
    expect(one.tried('ada@example.com')).toEqual(tried);
    expect(one.tried('abe@example.com').account).not.toBe(tried.account);
    expect(two.tried('ada@example.com').account).not.toBe(tried.account);
    expect(one.tried('no address').email).toBe('***');
  });

  it('have increasing ids, even within a millisecond and when the clock is set back', () => {
    const newId = timeOrderedIds();
    const times = [5, 5, 6, 5, ...Array.from({ length: 5000 }, () => 6), 2 ** 41];
    const ids = times.map((time) => newId(time));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)),
    ).toBe(true);
  });
});
