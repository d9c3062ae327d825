// proxy.ts
import { NextResponse } from 'next/server';
import { latchkey } from './lib/latchkey';

export const proxy = latchkey.middleware(NextResponse);
export const config = { matcher: '/((?!_next/|favicon.ico|api/auth/).*)' };
