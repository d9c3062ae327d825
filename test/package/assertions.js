// What every host must do, checked over HTTP. Throws at the first failure.
import assert from 'node:assert/strict';

const PASSWORD = 'a long sentence of mine';

export async function assertAuthenticates(url, { ownUsers, makeAdmin }) {
  const call = async (method, path, { body, token } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, ...(text.startsWith('{') && JSON.parse(text)) };
  };
  const account = { email: 'admin@example.com', password: PASSWORD };

  const registered = await call('POST', '/auth/register', { body: account });
  assert.equal(registered.status, 201, JSON.stringify(registered));
  const user = await call('POST', '/auth/register', { body: { ...account, email: 'user@example.com' } });
  assert.equal(user.status, 201);
  if (!ownUsers) await makeAdmin(account.email);
  const login = await call('POST', '/auth/login', { body: account });
  assert.equal(login.status, 200);

  assert.equal((await call('GET', '/orders')).error, 'TOKEN_MISSING');
  assert.equal((await call('GET', '/orders', { token: 'nonsense' })).error, 'INVALID_TOKEN');
  assert.equal((await call('GET', '/orders', { token: login.accessToken })).owner, login.user.id);
  assert.equal((await call('DELETE', '/orders', { token: user.accessToken })).error, 'FORBIDDEN');
  assert.equal((await call('DELETE', '/orders', { token: login.accessToken })).removed, true);

  const { refreshToken } = login;
  const refreshed = await call('POST', '/auth/refresh', { body: { refreshToken } });
  assert.equal(refreshed.status, 200);
  assert.equal((await call('DELETE', '/orders', { token: refreshed.accessToken })).removed, true);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // past the leeway of the host
  const reused = await call('POST', '/auth/refresh', { body: { refreshToken } });
  assert.equal(reused.error, 'REFRESH_TOKEN_REUSED');
  assert.equal((await call('GET', '/orders', { token: refreshed.accessToken })).error, 'TOKEN_REVOKED');

  const logout = await call('POST', '/auth/logout', { body: { refreshToken: user.refreshToken } });
  assert.equal(logout.status, 204);
  assert.equal((await call('GET', '/orders', { token: user.accessToken })).error, 'TOKEN_REVOKED');
}
