/**
 * Helpers for a host's own tests.
 * @module latchkey/testing
 */
export { FakeClock } from './fake-clock.js';
export { inMemoryAuth } from './in-memory-auth.js';
export { signIn, type SignedIn, type TestUser } from './sign-in.js';
export { overrideJwtAuthGuard } from './override-jwt-auth-guard.js';
export { InMemoryUserStore } from '../users/in-memory-user.store.js';
export { InMemorySessionStore } from '../sessions/in-memory-session.store.js';
export { InMemoryRevocationList } from '../revocation/in-memory-revocation-list.js';
