import { type AuthModuleOptions, AuthOptionsError, checkAuthOptions } from '../index.js';

/** The environment variable behind each option of the module, for messages an operator can act on. */
const VARIABLE_OF: Record<string, string> = {
  'jwt.algorithm': 'JWT_ALGORITHM',
  'jwt.accessSecret': 'JWT_ACCESS_SECRET',
  'jwt.accessPrivateKey': 'JWT_ACCESS_PRIVATE_KEY',
  'jwt.keyRing': 'KEY_ENCRYPTION_SECRET',
  'jwt.keyRing.encryptionSecret': 'KEY_ENCRYPTION_SECRET',
  'jwt.keyRing.publishAhead': 'KEY_PUBLISH_AHEAD',
  'jwt.keyRing.rotateEvery': 'KEY_ROTATE_EVERY',
  'jwt.refreshSecret': 'JWT_REFRESH_SECRET',
  'jwt.issuer': 'JWT_ISSUER',
  'jwt.audience': 'JWT_AUDIENCE',
  'jwt.accessTtl': 'JWT_ACCESS_TTL',
  'jwt.refreshTtl': 'JWT_REFRESH_TTL',
  'jwt.clockTolerance': 'CLOCK_TOLERANCE',
  'sessions.absoluteTtl': 'SESSION_ABSOLUTE_TTL',
  'sessions.rotation': 'REFRESH_ROTATION',
  'sessions.leeway': 'REFRESH_LEEWAY',
  'redis.url': 'REDIS_URL',
  'revocation.maxStaleness': 'REVOCATION_MAX_STALENESS',
  'passwords.bcryptCost': 'BCRYPT_COST',
  'passwords.minLength': 'PASSWORD_MIN_LENGTH',
  'passwords.peppers': 'PASSWORD_PEPPER',
  'cookies.secure': 'COOKIE_SECURE',
  'cookies.sameSite': 'COOKIE_SAME_SITE',
  'csrf.trustedOrigins': 'CORS_ORIGINS',
  'audit.retention': 'AUDIT_RETENTION',
  'alerts.webhook.url': 'ALERT_WEBHOOK_URL',
  'alerts.webhook.secret': 'ALERT_WEBHOOK_SECRET',
};

/** What the module says against its options, under the names an operator knows them by. */
export function optionProblems(options: AuthModuleOptions): string[] {
  try {
    checkAuthOptions(options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => inVariables(`${option} ${message}`));
  }
}

/** Options of the module have other names than the variables an operator sets. */
function inVariables(problem: string): string {
  return problem.replaceAll(/\b[a-z]+(\.[a-zA-Z]+)+/g, (option) => VARIABLE_OF[option] ?? option);
}
