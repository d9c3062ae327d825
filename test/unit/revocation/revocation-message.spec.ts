import { channelOf, parseRevocation } from '../../../src/revocation/revocation-message.js';

describe('a message about a revocation', () => {
  it.each(['session', 'token', 'user', 'user-sessions', 'all'])('tells of the kind %s', (kind) => {
    expect(parseRevocation(`${kind} an id with spaces 1000 61000`)).toEqual({
      kind,
      id: 'an id with spaces',
      since: new Date(1_000),
      until: new Date(61_000),
    });
  });

  it('may be about the beginning of time', () => {
    expect(parseRevocation('user ada 0 0')).toMatchObject({ since: new Date(0), until: new Date(0) });
  });

  it.each([
    '',
    'look',
    'session',
    'session ada',
    'session 1000 61000',
    'session  1000 61000',
    'session ada 61000',
    'session ada  61000',
    'session ada 1000 ',
    'session ada x 61000',
    'session ada 1000 x',
    'session ada -1 61000',
    'session ada 1000 -1',
    'Session ada 1000 61000',
    'device ada 1000 61000',
    ' ada 1000 61000',
  ])('is ignored in another form: "%s"', (message) => {
    expect(parseRevocation(message)).toBeNull();
  });
});

describe('the channel of a table', () => {
  it('is that of earlier versions, which instances of this one hear during an update', () => {
    expect(channelOf('"revocations"')).toBe('latchkey_revocations');
    expect(channelOf('"auth"."revocations"')).toBe('latchkey_revocations_40532fb56ab7cf0e');
  });

  it('is another one in each schema, and a name that needs no quotes', () => {
    const channels = ['"a"."revocations"', '"b"."revocations"', '"revocations"'].map(channelOf);
    expect(new Set(channels).size).toBe(3);
    for (const channel of channels) expect(channel).toMatch(/^[a-z_][\da-z_]{0,62}$/);
  });
});
