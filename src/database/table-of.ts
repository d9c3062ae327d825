import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import { quotePath } from './quote-name.js';

/** Returns an entity's table name, quoted for SQL, with the schema or prefix that the host's data source adds. */
export function tableOf(dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): string {
  return quotePath(dataSource.getMetadata(entity));
}
