// app/api/auth/login/route.ts
import { latchkey } from '../../../../lib/latchkey';

export const POST = latchkey.handlers.login;
