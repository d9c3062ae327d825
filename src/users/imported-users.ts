import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { isUuid } from '../database/uuid.js';
import type { ImportFate, UserRecord } from './user-store.js';

interface Numbered {
  n: number;
  user: UserRecord;
}

/** Adds users from another system to the table of users; see `UserStore.addImported`. */
export class ImportedUsers {
  private readonly insert: string;
  private readonly compare: string;

  constructor(
    private readonly dataSource: DataSource,
    table: string,
  ) {
    // In the order of the addresses: two imports that wait for each other's rows in different orders would deadlock.
    this.insert = `WITH given AS (
        SELECT * FROM json_to_recordset($1::json) AS g(id uuid, email text, name text, "passwordHash" text, roles text[],
          permissions text[], disabled boolean, "createdAt" timestamptz)
      )
      INSERT INTO ${table} (id, email, name, password_hash, roles, permissions, disabled_at, created_at)
      SELECT id, email, name, "passwordHash", roles, permissions, CASE WHEN disabled THEN now() END, "createdAt"
      FROM given ORDER BY email ON CONFLICT DO NOTHING RETURNING id`;
    // A statement of its own, because the first cannot see what a parallel import has added meanwhile.
    this.compare = `SELECT g.id FROM unnest($1::uuid[], $2::text[]) AS g(id, email)
      JOIN ${table} u ON u.id = g.id AND u.email = g.email`;
  }

  async add(users: readonly UserRecord[]): Promise<ImportFate[]> {
    const fates = users.map((): ImportFate => 'taken');
    // Text that is no UUID cannot be an id of this table.
    let waiting = users.map((user, n) => ({ n, user })).filter(({ user }) => isUuid(user.id));
    while (waiting.length > 0) {
      // Ids and addresses occur once in a statement, so that an id says which of the users was added.
      const [now, later] = withoutRepetition(waiting);
      waiting = later;
      const added = await this.idsOf(this.insert, [JSON.stringify(now.map(({ user }) => user))]);
      const rest = now.filter(({ user }) => !added.has(user.id));
      const present = await this.presentAmong(rest);
      for (const { n, user } of now)
        fates[n] = added.has(user.id) ? 'added' : present.has(user.id) ? 'present' : 'taken';
    }
    return fates;
  }

  private async presentAmong(rest: Numbered[]): Promise<Set<string>> {
    if (rest.length === 0) return new Set();
    const emails = rest.map(({ user }) => user.email);
    return this.idsOf(this.compare, [rest.map(({ user }) => user.id), emails]);
  }

  private async idsOf(text: string, values: unknown[]): Promise<Set<string>> {
    const { rows } = await runStatement<{ id: string }>(this.dataSource, { text, values });
    return new Set(rows.map(({ id }) => id));
  }
}

/** The users whose id and address occur for the first time, and the others. */
function withoutRepetition(users: Numbered[]): [Numbered[], Numbered[]] {
  const seen = new Set<string>();
  const [first, others]: [Numbered[], Numbered[]] = [[], []];
  for (const numbered of users) {
    const { id, email } = numbered.user;
    (seen.has(id) || seen.has(email) ? others : first).push(numbered);
    seen.add(id).add(email);
  }
  return [first, others];
}
