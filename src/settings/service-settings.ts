import type { Locale } from '../brand/locale.js';
import type { BrandLogo } from '../brand/logo.js';

/** Settings of the service that are not options of the module. */
export interface ServiceSettings {
  host: string;
  port: number;
  /** The absolute path of the folder for the embedded database and the development secrets. */
  dataDir: string;
  /** `undefined`: the service starts the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** `undefined`: the first schema of the search path. */
  databaseSchema: string | undefined;
  /** Whether the service runs pending migrations when it starts. */
  migrate: boolean;
  /** Database connections shared by requests. One more connection listens for revocations. */
  databasePoolSize: number;
  /** How long, in seconds, the service reports that it is not ready before it stops listening. */
  shutdownDelay: number;
  /** Address ranges (CIDR) of proxies whose `X-Forwarded-For` is trusted. */
  trustProxy: string[];
  /** Request headers that CORS allows, besides the usual ones. */
  corsHeaders: string[];
  logLevel: string;
  docs: boolean;
  /** Whether the sign-up, sign-in and account pages are served under `/account`. */
  accountPages: boolean;
  brandName: string;
  /** Such as `#1d4ed8`. */
  brandAccent: string;
  brandLogo: BrandLogo | undefined;
  /** `undefined`: the language that the browser asks for. */
  accountLocale: Locale | undefined;
  /** The bearer tokens that `/metrics` accepts. In development, no token is required. */
  metricsTokens: string[] | undefined;
  /** The bearer tokens that `/audit/events` accepts. Without one, there is no such endpoint. */
  auditExportTokens: string[] | undefined;
  /** The secrets of the audit receivers, as in `AUDIT_WEBHOOK_SECRET`. */
  auditSecrets: string | undefined;
  auditAllowPrivate: boolean;
}
