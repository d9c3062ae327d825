/** What the database has of a table that an entity describes. */
export interface TableState {
  /** Quoted, with the schema. */
  path: string;
  exists: boolean;
  missing: string[];
  isUsers: boolean;
}

export function describe({ path, exists, missing }: TableState): string {
  return exists ? `the columns ${missing.join(', ')} of the table ${path}` : `the table ${path}`;
}

/** A table `users` that was never ours. */
export function isForeignUsers({ isUsers, exists, missing }: TableState): boolean {
  return isUsers && exists && missing.includes('disabled_at');
}

export function inAnotherSchema(path: string) {
  return {
    option: 'database.schema',
    message: `has a table ${path} of somebody else: choose another schema`,
  };
}

export function foreignUsers(path: string): string {
  return (
    `The table ${path} is not Latchkey's, so registration and login fail: pass a userStore for it to AuthModule, with ` +
    'authEntities({ users: false }) and authMigrations({ users: false }) in the data source.'
  );
}

export function missingTriggers(path: string): string {
  return (
    `The table ${path} lacks triggers, or they are disabled: sessions that are ended or deleted by hand keep their access ` +
    'tokens until these expire. Use the migrations instead of synchronize, or enable the triggers.'
  );
}
