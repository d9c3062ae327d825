import { identityHeaders } from '../../../src/http/forward-auth/identity-headers.js';
import type { AuthUser } from '../../../src/transports/auth-user.js';

const headersOf = (user: Partial<AuthUser>) =>
  identityHeaders({ id: 'ada', sessionId: 'a-session', roles: [], ...user } as AuthUser);

describe('the headers that name a user', () => {
  it('contain plain ids and roles as they are', () => {
    const id = '0b0c9e02-64a5-4d3a-8a38-6a2f9e2f8d11';
    expect(headersOf({ id, roles: ['admin', 'team:lead', 'a@b/c'] })).toEqual({
      'X-Auth-User': id,
      'X-Auth-Session': 'a-session',
      'X-Auth-Roles': 'admin,team:lead,a@b/c',
    });
  });

  it.each([
    ['a comma', 'a,b', 'a%2Cb'],
    ['a percent sign', '50%2C', '50%252C'],
    ['a line break', 'x\r\nX-Auth-Roles: admin', 'x%0D%0AX-Auth-Roles:%20admin'],
    ['other control characters', '\0\t\x7F', '%00%09%7F'],
    ['letters outside ASCII', 'müller', 'm%C3%BCller'],
    ['characters of four bytes', '🔑', '%F0%9F%94%91'],
    ['a space that others would trim', '\u00A0 ada ', '%C2%A0%20ada%20'],
  ])('percent-encode %s', (_, value, encoded) => {
    expect(headersOf({ id: value, roles: [value, 'user'] })).toMatchObject({
      'X-Auth-User': encoded,
      'X-Auth-Roles': `${encoded},user`,
    });
    expect(decodeURIComponent(encoded)).toBe(value);
  });

  it('never make two different lists of roles look alike', () => {
    expect(headersOf({ roles: ['a', 'b'] })['X-Auth-Roles']).not.toBe(
      headersOf({ roles: ['a,b'] })['X-Auth-Roles'],
    );
    expect(headersOf({ roles: ['', 'admin', ''] })['X-Auth-Roles']).toBe('admin');
  });

  it.each(['', '\uD800', undefined, 7])('refuse %p as an id, which no header can name', (id) => {
    expect(() => headersOf({ id: id as string })).toThrow(expect.objectContaining({ code: 'INVALID_TOKEN' }));
  });
});
