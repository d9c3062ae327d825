import { withClient } from './database.js';

/** Fills the outbox in one transaction: mails with links, each to another user. */
export async function fillOutbox(databaseUrl, count) {
  await withClient(databaseUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(
      'CREATE TEMPORARY TABLE filled AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1::int) AS n',
      [count],
    );
    await client.query(
      `INSERT INTO auth_actions (id, purpose, user_id, email, epoch, created_at, expires_at)
       SELECT id, 'reset-password', id::text, n || '@example.com', 0, now(), now() + interval '1 day' FROM filled`,
    );
    await client.query(
      `INSERT INTO auth_mails (id, action_id, user_id, template, recipient, data)
       SELECT gen_random_uuid(), id, id::text, 'reset-password', n || '@example.com',
         jsonb_build_object('name', 'User ' || n, 'at', now(), 'device', 'Firefox on Linux', 'ip', '192.0.2.1') FROM filled`,
    );
    await client.query('COMMIT');
    await client.query('ANALYZE auth_mails, auth_actions');
  });
}

/** Users without a password, who may forget it nevertheless. Returns their addresses. */
export async function addUsers(databaseUrl, count) {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query(
      `INSERT INTO users (id, email) SELECT gen_random_uuid(), 'forgetful-' || n || '@example.com'
       FROM generate_series(1, $1::int) AS n RETURNING email`,
      [count],
    ),
  );
  return rows.map(({ email }) => email);
}
