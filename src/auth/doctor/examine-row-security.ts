import type { DataSource } from 'typeorm';
import { quoteName } from '../../database/quote-name.js';
import { runStatement } from '../../database/statement.js';
import type { Finding } from './finding.js';
import type { NeededTable } from './needed-tables.js';

interface Secured {
  path: string;
  /** What no policy lets the role do. */
  closed: string | null;
}

/**
 * Names the tables whose rows row-level security hides from the role: a problem where no policy lets it do what is
 * needed, a warning where policies decide, which cannot be judged here.
 */
export async function examineRowSecurity(
  source: DataSource,
  tables: readonly NeededTable[],
  role: string,
): Promise<Finding[]> {
  const needed = tables.flatMap(({ path, privileges }) =>
    privileges.map((privilege) => ({ path, privilege })),
  );
  const { rows } = await runStatement<Secured>(source, {
    text: `SELECT path, string_agg(privilege, ', ' ORDER BY place) FILTER (WHERE NOT EXISTS (
         SELECT 1 FROM pg_policy WHERE polrelid = to_regclass(path) AND polpermissive
           AND polcmd::text IN ('*', CASE privilege WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' ELSE 'd' END)
           AND EXISTS (SELECT 1 FROM unnest(polroles) AS allowed
             WHERE CASE allowed WHEN 0 THEN true ELSE pg_has_role(allowed, 'USAGE') END)
       )) AS closed
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS needed (path, privilege, place)
     WHERE row_security_active(to_regclass(path)) GROUP BY path ORDER BY min(place)`,
    values: [needed.map(({ path }) => path), needed.map(({ privilege }) => privilege)],
  });
  return rows.map(({ path, closed }) => {
    const cure = `ALTER TABLE ${path} DISABLE ROW LEVEL SECURITY, or ALTER ROLE ${quoteName(role)} BYPASSRLS`;
    return closed
      ? rowSecurity('problem', `${path} lets the role ${role} do no ${closed} on any row: ${cure}`)
      : rowSecurity(
          'warning',
          `on ${path}, policies decide which rows the role ${role} can use, and it needs all: ${cure}`,
        );
  });
}

function rowSecurity(state: Finding['state'], message: string): Finding {
  return { check: 'row security', state, message };
}
