import { createHash } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { ForeignFormat } from './foreign-hash.js';

/** A cost of 14 takes about a second. */
const DJANGO = /^bcrypt(_sha256)?\$\$2[aby]\$((?:0[4-9]|1[0-4])\$[./A-Za-z\d]{53})$/;

/** Django: `bcrypt$<bcrypt>`, and `bcrypt_sha256$<bcrypt>` of the SHA-256 of the password in hexadecimal. */
export const djangoBcrypt: ForeignFormat = (text) => {
  const [, hashed, rest] = DJANGO.exec(text) ?? [];
  if (!rest) return null;
  return {
    verify: (password) => {
      const input = hashed ? createHash('sha256').update(password).digest('hex') : password;
      return bcrypt.compare(input, `$2b$${rest}`);
    },
  };
};
