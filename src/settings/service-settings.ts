/** Settings of the service that are not options of the module. */
export interface ServiceSettings {
  host: string;
  port: number;
  /** The absolute path of the folder for the embedded database and the development secrets. */
  dataDir: string;
  /** `undefined`: the service starts the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** Database connections shared by requests. One more connection listens for revocations. */
  databasePoolSize: number;
  /** Address ranges (CIDR) of proxies whose `X-Forwarded-For` is trusted. */
  trustProxy: string[];
  /** Request headers that CORS allows, besides the usual ones. */
  corsHeaders: string[];
  logLevel: string;
  docs: boolean;
  /** Whether the sign-up, sign-in and account pages are served under `/account`. */
  accountPages: boolean;
  /** The bearer token that `/metrics` requires. In development, no token is required. */
  metricsToken: string | undefined;
}
