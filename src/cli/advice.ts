import type { DoctorAdvice } from '../index.js';

/** What to do about what the doctor finds, in the words of those who run the service. */
export const IN_THE_SERVICE: DoctorAdvice = {
  database: 'check DATABASE_URL, and that PostgreSQL, and any pooler in front of it, is running',
  clock: 'synchronize both with NTP, or raise CLOCK_TOLERANCE',
  schema: 'run npx latchkey migrate, or start the service, which migrates unless MIGRATE is off',
  hashing: 'lower BCRYPT_COST, or use a faster machine',
  redis: 'check REDIS_URL, that Redis is running, and that it is no replica; the service works without it',
  server: 'name the server that accepts writes in DATABASE_URL, or all servers of the cluster',
  keys: 'also put the secret they were encrypted under into KEY_ENCRYPTION_SECRET, or remove them with latchkey keys remove',
  factors:
    'put the missing secret back into MFA_ENCRYPTION_SECRET; if it is lost, their owners need another factor, a recovery code or latchkey user reset-factors',
};
