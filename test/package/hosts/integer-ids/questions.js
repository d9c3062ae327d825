import assert from 'node:assert/strict';

const account = { email: 'ada@example.com', password: 'a long sentence of mine' };

export default [
  [
    'shows its own field at a registration, a login and in /auth/me',
    async ({ post, get }) => {
      const registered = await post('/register', { ...account, company: 'Difference Engines' });
      assert.equal(registered.status, 201, JSON.stringify(registered));
      const login = await post('/login', account);
      const me = await get('/me', login.accessToken);
      for (const { user } of [registered, login, me]) {
        assert.match(user.id, /^\d+$/);
        assert.equal(user.company, 'Difference Engines');
        assert.ok(!('passwordHash' in user));
      }
    },
  ],
  [
    'refuses a registration without that field, or with a wrong one, and names it',
    async ({ post }) => {
      for (const company of [undefined, '', 7, 'a'.repeat(81)]) {
        const body = { ...account, email: 'new@example.com', company };
        const { status, error, details } = await post('/register', body);
        assert.deepEqual([status, error], [400, 'VALIDATION_FAILED']);
        assert.deepEqual(
          details.map(({ field }) => field),
          ['company'],
        );
      }
      const { error } = await post('/login', { ...account, email: 'new@example.com' });
      assert.equal(error, 'INVALID_CREDENTIALS');
    },
  ],
  [
    'lets nobody set what Latchkey decides along with it',
    async ({ post }) => {
      const email = 'mallory@example.com';
      const body = { ...account, email, company: 'M', roles: ['admin'], id: 1, passwordHash: 'x' };
      const { status, user } = await post('/register', body);
      assert.deepEqual([status, user.roles], [201, []]);
      assert.equal((await post('/login', { ...account, email })).status, 200);
    },
  ],
];
