/** What `latchkey doctor` says about one thing it has checked. */
export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'problem';
  message: string;
}

/** What to do about what was found, in the words of those who set it: variables of a service, or options of an app. */
export interface DoctorAdvice {
  database: string;
  clock: string;
  schema: string;
  hashing: string;
  redis: string;
  /** For a server that is read-only. */
  server: string;
  /** For keys that none of the secrets decrypts. */
  keys: string;
  /** For secrets of authenticator apps that none of the encryption secrets decrypts. */
  factors: string;
}
