import type { TokenPair } from '../../tokens/token-types.js';
import {
  type ApiSchema,
  objectSchema,
  schemaRef,
  SECONDS,
  TEXT,
  TEXT_OR_NULL,
  TEXTS,
  TIME,
  UUID,
} from '../../openapi/schema.js';
import type { LoginDto } from './login.dto.js';
import type { RefreshTokenDto } from './refresh-token.dto.js';
import type { RegisterDto } from '../../users/register.dto.js';
import type { UserView } from '../../accounts/user-view.js';

const ONLY_IN_BODY = 'Absent with cookie transport.';

const tokens = {
  accessToken: { type: 'string', description: ONLY_IN_BODY },
  refreshToken: { type: 'string', description: ONLY_IN_BODY },
  tokenType: { type: 'string', enum: ['Bearer'], description: ONLY_IN_BODY },
  expiresIn: { ...SECONDS, description: 'Seconds until the access token expires.' },
  refreshExpiresIn: { ...SECONDS, description: 'Seconds until the refresh token expires.' },
  sessionExpiresAt: {
    ...TIME,
    description: 'When the session ends, no matter how often it is refreshed.',
  },
} as const;

const onlyInBody = ['accessToken', 'refreshToken', 'tokenType'] as const;

/** The schemas of registration, login and refresh. */
export const signInSchemas: Record<string, ApiSchema> = {
  // An app on the module may add members: with `userView` here, with `registration.dto` to the request.
  User: {
    ...objectSchema<UserView>({
      id: UUID,
      email: TEXT,
      name: TEXT_OR_NULL,
      roles: TEXTS,
      permissions: TEXTS,
      createdAt: TIME,
    }),
    additionalProperties: true,
  },
  UserResponse: objectSchema<{ user: UserView }>({ user: schemaRef('User') }),
  TokenResponse: objectSchema<TokenPair>(tokens, onlyInBody),
  AuthResponse: objectSchema<TokenPair & { user: UserView }>(
    { ...tokens, user: schemaRef('User') },
    onlyInBody,
  ),
  RegisterRequest: objectSchema<RegisterDto>(
    {
      email: { type: 'string', maxLength: 254, examples: ['ada@example.com'] },
      password: { type: 'string', maxLength: 256, examples: ['a long sentence of yours'] },
      name: { type: ['string', 'null'], maxLength: 200, examples: ['Ada'] },
    },
    ['name'],
  ),
  LoginRequest: objectSchema<LoginDto>(
    {
      email: { type: 'string', examples: ['ada@example.com'] },
      password: { type: 'string', examples: ['a long sentence of yours'] },
      deviceProof: {
        type: ['string', 'null'],
        description:
          'The header `X-Device-Proof` of the last login on this device. Default: the device cookie, if there is one.',
      },
    },
    ['deviceProof'],
  ),
  RefreshTokenRequest: objectSchema<RefreshTokenDto>({ refreshToken: TEXT_OR_NULL }, ['refreshToken']),
};
