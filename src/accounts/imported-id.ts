import { createHash } from 'node:crypto';
import { isUuid } from '../database/uuid.js';

/**
 * The id of an imported account: the UUID that it had, or one derived from its id in the other system. A repeated import
 * finds the same accounts, and other tables can be converted without a list of both ids.
 */
export function importedId(source: string, id: string): string {
  const lower = id.toLowerCase();
  if (isUuid(lower)) return lower;
  const digest = createHash('sha256')
    .update(JSON.stringify(['latchkey-import', source, id]))
    .digest();
  return uuidOf(digest.subarray(0, 16));
}

/** A version 8 UUID (RFC 9562, section 5.8). */
function uuidOf(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
