import type { DataSource } from 'typeorm';

/** Closes the module's own connections when everything that uses them has stopped. */
export class OwnDatabaseEnd {
  constructor(private readonly source: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}
