// app/api/auth/logout/route.ts
import { latchkey } from '../../../../lib/latchkey';

export const POST = latchkey.handlers.logout;
