import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

/** The quoted name of an entity's table for use in SQL, with the schema or prefix the host's data source gives it. */
export function tableOf(dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): string {
  return dataSource.driver.escape(dataSource.getMetadata(entity).tablePath).replaceAll('.', '"."');
}
