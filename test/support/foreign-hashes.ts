/**
 * Hashes that other systems made: Python's hashlib (PBKDF2 and scrypt, in the notation of Django, Passlib, Keycloak and
 * better-auth), OpenSSL and glibc (SHA-crypt), `@node-rs/argon2`, and the test suite of Supabase (Firebase's scrypt).
 */
export const FOREIGN_HASHES: Record<string, { password: string; hash: string }> = {
  'Django, PBKDF2 with SHA-256': {
    password: 'correct horse',
    hash: 'pbkdf2_sha256$720000$seasalt$FaIzshmIzw0hjXMro3gpiXiW+k5BtxwkHfkq/Z44OeI=',
  },
  'Django, PBKDF2 with SHA-1': {
    password: 'correct horse',
    hash: 'pbkdf2_sha1$1000$seasalt$iQvkNOF1wEL4Khh8eogJ8rUhipM=',
  },
  'Django, scrypt': {
    password: 'correct horse',
    hash: 'scrypt$16384$seasalt$8$1$WHJS3/wrzhi2rYiZ44/lAqpycQxKRPVfHXMQFxWIaII7u1p+2cO61B97UL7OFL5ZSWsnhfwdgsItJJ6HcrHG4Q==',
  },
  'Passlib, PBKDF2 with SHA-256': {
    password: 'correct horse',
    hash: '$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$uHVoxjLD1v3uqpdY8ehNPGUYMiKj8ROQSRwMSE033NY',
  },
  'PHC, PBKDF2 with SHA-512': {
    password: 'correct horse',
    hash: '$pbkdf2-sha512$i=10000$MDEyMzQ1Njc4OWFiY2RlZg$Ku2kkJn6DxC9USh74Agbkv4vbBI4ZhZ8d47MX26bL/eRW8hekiZ5S9cnh202r0tlRpHPMeEkni4bLxrm9+9Cvw',
  },
  "PHC, PBKDF2 with SHA-512 in Passlib's alphabet": {
    password: 'correct horse',
    hash: '$pbkdf2-sha512$10000$MDEyMzQ1Njc4OWFiY2RlZg$Ku2kkJn6DxC9USh74Agbkv4vbBI4ZhZ8d47MX26bL/eRW8hekiZ5S9cnh202r0tlRpHPMeEkni4bLxrm9.9Cvw',
  },
  'Keycloak, PBKDF2 with SHA-512': {
    password: 'correct horse',
    hash: keycloak(
      'pbkdf2-sha512',
      210_000,
      'k8YH0Yn3oOV/55BXLWBweWK4tppWYEpSjRW0XrRWj+KlhCNUXY/Sq/rSYmjEoC0m/4O1k8u7ZDR6pPsFXzu6/w==',
    ),
  },
  'Keycloak, PBKDF2 with SHA-256': {
    password: 'correct horse',
    hash: keycloak(
      'pbkdf2-sha256',
      27_500,
      'H5R9LZ0QvKxHLm1Lg0IeQXdtUAa+9gf2NeOZns+WHBTpnlaWE/+JwnJ/2OXEjNPW5EusP1xxGLqEqjWDbIcGlg==',
    ),
  },
  'Keycloak, PBKDF2 with SHA-1': {
    password: 'correct horse',
    hash: keycloak(
      'pbkdf2',
      20_000,
      '3j/kSXDCFGf+gK+IC5hDJD7B63eDRKJWnhTpQ3Nh9Yn4EIxpeBgLSZpVdl9LMnC6x+tygyctTfXI4xPArxGXMQ==',
    ),
  },
  'PHC, scrypt': {
    password: 'correct horse',
    hash: '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0',
  },
  'better-auth, scrypt': {
    // The decomposed spelling: better-auth composes it.
    password: 'cafe\u0301 horse',
    hash: '000102030405060708090a0b0c0d0e0f:611116cad7550a568a6647c5e192a546260c6d93f75c757dbd2f40ceb835ea4fc5e707096068173294a53b0029c931c094917f6306783b0f84b691c03982cfe3',
  },
  'Firebase, scrypt': {
    password: 'mytestpassword',
    hash: '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw==',
  },
  'SHA-crypt with SHA-256': {
    password: 'Hello world!',
    hash: '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
  },
  'SHA-crypt with SHA-512': {
    password: 'correct horse',
    hash: '$6$abc$dv7vAygfDghQeO8lNAuLv4y4HAQXw9d6a14dcjFGfTijFc0S6MgzM7g53hZv6MaGDXhNpGxhpXakWuTlqHtzn.',
  },
  'SHA-crypt with SHA-512 and rounds': {
    password: 'Hello world!',
    hash: '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  },
  'SHA-crypt with SHA-512 and a long password': {
    password: 'ä'.repeat(90),
    hash: '$6$abcdefghijklmnop$.RHb6Ugu6CXWpnTwAIcRoWH2itcLIrRN6IWM77eigIXEJbFWb09xLQSKL7Buw8LW/b9Z4sEbKiBgid6YBkWs81',
  },
};

/** As in the `credentials` of a realm export. */
export function keycloak(
  algorithm: string,
  hashIterations: number,
  value: string,
  more: object = {},
): string {
  return JSON.stringify({
    type: 'password',
    secretData: JSON.stringify({ value, salt: 'MDEyMzQ1Njc4OWFiY2RlZg==', additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations, algorithm, additionalParameters: more }),
  });
}
