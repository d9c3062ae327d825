/** What the service alone needs, besides the options of the module. */
export interface ServiceSettings {
  host: string;
  port: number;
  /** Absolute path of the folder for the embedded database and development secrets. */
  dataDir: string;
  /** `undefined`: start the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** Connections to the database that requests share; one more is for hearing of revocations. */
  databasePoolSize: number;
  /** CIDRs of proxies whose X-Forwarded-For is believed. */
  trustProxy: string[];
  logLevel: string;
  docs: boolean;
  /** Sign up, sign in and my account, under `/account`. */
  accountPages: boolean;
  /** Who presents it may read `/metrics`; in development everybody may. */
  metricsToken: string | undefined;
}
