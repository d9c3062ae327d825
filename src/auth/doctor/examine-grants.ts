import type { DataSource } from 'typeorm';
import { quoteName } from '../../database/quote-name.js';
import { runStatement } from '../../database/statement.js';
import { tableOf } from '../../database/table-of.js';
import { AuditEvent } from '../../events/audit-event.entity.js';
import { reasonOf } from '../../database/without-passwords.js';
import type { Finding } from './finding.js';
import { examineRowSecurity } from './examine-row-security.js';
import { type UsedParts, type NeededTable, neededTables } from './needed-tables.js';

export type { UsedParts } from './needed-tables.js';

/**
 * Names the privileges that the role of the data source lacks, for each table, and the statement that grants them; and
 * the tables whose rows row-level security may hide from it.
 */
export async function examineGrants(source: DataSource, used: UsedParts): Promise<Finding[]> {
  try {
    const role = await closedSchema(source);
    if (role.finding) return [role.finding];
    const tables = neededTables(source, used);
    const missing = [...(await missingOn(source, tables)), ...(await missingSequences(source, tables))];
    if (used.audit) missing.push(...(await missingUpdates(source, used.accounts)));
    const hidden = await examineRowSecurity(source, tables, role.name);
    if (missing.length === 0)
      return [grants('ok', `the role ${role.name} has all privileges that are needed`), ...hidden];
    return [
      ...missing.map(({ state = 'problem', lacks, on }) =>
        grants(
          state,
          `the role ${role.name} lacks ${lacks} on ${on}: GRANT ${lacks} ON ${on} TO ${quoteName(role.name)}`,
        ),
      ),
      ...hidden,
    ];
  } catch (error) {
    return [grants('problem', `cannot be checked: ${reasonOf(error)}`)];
  }
}

interface Missing {
  state?: Finding['state'];
  lacks: string;
  on: string;
}

/** Without the schema, not even the names of the tables can be found. */
async function closedSchema(source: DataSource): Promise<{ name: string; finding?: Finding }> {
  const { schema } = source.options as { schema?: string };
  const [row] = await rows<{ name: string; place: string | null }>(
    source,
    `SELECT current_user::text AS name, (SELECT nspname::text FROM pg_namespace
       WHERE nspname = COALESCE($1, (regexp_match(current_setting('search_path'), '([^",\\s$]+)"?\\s*$'))[1])
         AND NOT has_schema_privilege(oid, 'USAGE')) AS place`,
    [schema ?? null],
  );
  const { name, place } = row!;
  if (place === null) return { name };
  const path = quoteName(place);
  const message = `the role ${name} may not use the schema ${place}: GRANT USAGE ON SCHEMA ${path} TO ${quoteName(name)}`;
  return { name, finding: grants('problem', message) };
}

/** By column, because privileges may be granted so. Tables that do not exist are left to the check of the schema. */
async function missingOn(source: DataSource, tables: readonly NeededTable[]): Promise<Missing[]> {
  const wanted = tables.flatMap(({ path, privileges }) =>
    privileges.map((privilege) => ({ path, privilege })),
  );
  const found = await rows<{ path: string; privilege: string; columns: string | null }>(
    source,
    `SELECT path, privilege, CASE WHEN count(*) FILTER (WHERE granted) > 0 THEN
         string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE NOT granted) END AS columns
     FROM (
       SELECT path, privilege, place, attname, attnum, CASE privilege WHEN 'DELETE' THEN has_table_privilege(attrelid, privilege)
         ELSE has_column_privilege(attrelid, attnum, privilege) END AS granted
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (path, privilege, place)
       JOIN pg_attribute ON attrelid = to_regclass(path) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ) AS each GROUP BY path, privilege, place HAVING NOT bool_and(granted) ORDER BY place`,
    [wanted.map(({ path }) => path), wanted.map(({ privilege }) => privilege)],
  );
  const byTable = new Map<string, string[]>();
  for (const { path, privilege, columns } of found)
    byTable.set(path, [
      ...(byTable.get(path) ?? []),
      columns === null ? privilege : `${privilege} (${columns})`,
    ]);
  return [...byTable].map(([path, lacks]) => ({ lacks: lacks.join(', '), on: path }));
}

/** Those from which a column of the tables takes its default. Only the host or an operator can have added such a column. */
async function missingSequences(source: DataSource, tables: readonly NeededTable[]): Promise<Missing[]> {
  const paths = tables.filter(({ privileges }) => privileges.includes('INSERT')).map(({ path }) => path);
  const found = await rows<{ name: string }>(
    source,
    `SELECT DISTINCT seq.oid::regclass::text AS name FROM pg_attrdef AS def
       JOIN pg_depend AS dep ON dep.classid = 'pg_attrdef'::regclass AND dep.objid = def.oid
       JOIN pg_class AS seq ON dep.refclassid = 'pg_class'::regclass AND seq.oid = dep.refobjid
     WHERE adrelid IN (SELECT to_regclass(path) FROM unnest($1::text[]) AS path)
       AND CASE seq.relkind WHEN 'S' THEN NOT has_sequence_privilege(seq.oid, 'USAGE, UPDATE') END`,
    [paths],
  );
  return found.map(({ name }) => ({ lacks: 'USAGE', on: `SEQUENCE ${name}` }));
}

/** The personal data that an event loses when its account is deleted. */
const FORGOTTEN = ['ip', 'user_agent', 'request_id', 'repeat_key', 'details'];

/** Repeated events are counted in their first row, or not at all. Without the others, no account could be deleted. */
async function missingUpdates(source: DataSource, accounts = false): Promise<Missing[]> {
  const path = tableOf(source, AuditEvent);
  const found = await rows<{ name: string }>(
    source,
    `SELECT attname::text AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = ANY ($2)
       AND NOT has_column_privilege(attrelid, attnum, 'UPDATE') ORDER BY attnum`,
    [path, ['count', ...(accounts ? FORGOTTEN : [])]],
  );
  if (found.length === 0) return [];
  const names = found.map(({ name }) => name);
  const state = names.length > 1 ? 'problem' : 'warning';
  return [{ state, lacks: `UPDATE (${names.join(', ')})`, on: path }];
}

async function rows<Row>(source: DataSource, text: string, values: unknown[]): Promise<Row[]> {
  return (await runStatement<Row>(source, { text, values })).rows;
}

function grants(state: Finding['state'], message: string): Finding {
  return { check: 'grants', state, message };
}
