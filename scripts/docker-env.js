// `node scripts/docker-env.js`: writes .env with fresh secrets for docker-compose.yml, unless the file exists.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = [
  'POSTGRES_PASSWORD',
  'JWT_REFRESH_SECRET',
  'KEY_ENCRYPTION_SECRET',
  'PASSWORD_PEPPER',
  'METRICS_TOKEN',
];

const file = join(import.meta.dirname, '../.env');
const lines = NAMES.map((name) => `${name}=${randomBytes(48).toString('base64url')}`);
try {
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
  console.log(`Wrote ${file}: keep it safe, above all PASSWORD_PEPPER and KEY_ENCRYPTION_SECRET.`);
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  console.log(`${file} already exists and was not changed.`);
}
