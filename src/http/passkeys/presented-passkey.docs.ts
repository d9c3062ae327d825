import { type ApiSchema, objectSchema } from '../../openapi/schema.js';
import type { PresentedPasskeyDto } from './presented-passkey.dto.js';

export const OBJECT: ApiSchema = { type: 'object', additionalProperties: true };
export const TICKET: ApiSchema = { type: 'string', description: 'The ticket that came with the options.' };
export const RESPONSE: ApiSchema = { ...OBJECT, description: 'What `PublicKeyCredential.toJSON()` returns.' };

/** What proves a passkey, wherever it is used. */
export const PRESENTED_PASSKEY = {
  PresentedPasskey: objectSchema<PresentedPasskeyDto>({ ticket: TICKET, response: RESPONSE }),
};
