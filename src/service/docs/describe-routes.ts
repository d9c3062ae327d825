import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  AuthController,
  type AuthErrorCode,
  ChangePasswordDto,
  ERROR_STATUS,
  LoginDto,
  RefreshTokenDto,
  RegisterDto,
} from '../../index.js';
import { HealthController } from '../health/health.controller.js';
import { ProtectedController } from '../protected.controller.js';
import {
  authResponse,
  errorBody,
  protectedResponse,
  type Schema,
  tokenResponse,
  userResponse,
} from './schemas.js';

/** What the API documentation says of one route. Descriptions live here, so that the library needs no Swagger. */
interface RouteDescription {
  summary: string;
  status: number;
  answer?: Schema;
  body?: new () => object;
  accessToken?: true;
  chooseTransport?: true;
  errors: AuthErrorCode[];
}

const AUTH_ROUTES: Record<string, RouteDescription> = {
  register: {
    summary: 'Create an account and start its first session',
    status: 201,
    answer: authResponse,
    body: RegisterDto,
    chooseTransport: true,
    errors: ['VALIDATION_FAILED', 'MALFORMED_JSON', 'EMAIL_TAKEN', 'RATE_LIMITED', 'UNAVAILABLE'],
  },
  login: {
    summary: 'Start a session',
    status: 200,
    answer: authResponse,
    body: LoginDto,
    chooseTransport: true,
    errors: ['VALIDATION_FAILED', 'MALFORMED_JSON', 'INVALID_CREDENTIALS', 'RATE_LIMITED', 'UNAVAILABLE'],
  },
  refresh: {
    summary: 'Exchange a refresh token, from the body or else its cookie, for new tokens',
    status: 200,
    answer: tokenResponse,
    body: RefreshTokenDto,
    errors: [
      'VALIDATION_FAILED',
      'REFRESH_TOKEN_MISSING',
      'INVALID_REFRESH_TOKEN',
      'REFRESH_TOKEN_EXPIRED',
      'REFRESH_TOKEN_REUSED',
      'TOKEN_REVOKED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ],
  },
  logout: {
    summary: 'End the session of the refresh or access token sent, even an expired one',
    status: 204,
    body: RefreshTokenDto,
    errors: ['VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'],
  },
  logoutAll: {
    summary: 'End every session of the user',
    status: 204,
    accessToken: true,
    errors: [
      'TOKEN_MISSING',
      'INVALID_TOKEN',
      'TOKEN_EXPIRED',
      'TOKEN_REVOKED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ],
  },
  me: {
    summary: 'The user the access token belongs to',
    status: 200,
    answer: userResponse,
    accessToken: true,
    errors: ['TOKEN_MISSING', 'INVALID_TOKEN', 'TOKEN_EXPIRED', 'TOKEN_REVOKED', 'UNAVAILABLE'],
  },
  changePassword: {
    summary: 'Replace the password and end all other sessions',
    status: 204,
    body: ChangePasswordDto,
    accessToken: true,
    errors: [
      'VALIDATION_FAILED',
      'TOKEN_MISSING',
      'INVALID_TOKEN',
      'TOKEN_EXPIRED',
      'TOKEN_REVOKED',
      'INVALID_CREDENTIALS',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ],
  },
};

const OTHER_ROUTES: [object, Record<string, RouteDescription>][] = [
  [
    ProtectedController,
    {
      read: {
        summary: 'The sample resource: answers whoever has a good access token',
        status: 200,
        answer: protectedResponse,
        accessToken: true,
        errors: ['TOKEN_MISSING', 'INVALID_TOKEN', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'],
      },
    },
  ],
  [
    HealthController,
    {
      live: { summary: 'The process answers', status: 200, errors: [] },
      ready: { summary: 'The database answers too', status: 200, errors: ['UNAVAILABLE'] },
    },
  ],
];

const FIELDS: [new () => object, Record<string, object>][] = [
  [
    RegisterDto,
    {
      email: { type: String, example: 'ada@example.com', maxLength: 254 },
      password: { type: String, example: 'a long sentence of yours', maxLength: 256 },
      name: { type: String, required: false, nullable: true, example: 'Ada', maxLength: 200 },
    },
  ],
  [LoginDto, { email: { type: String, example: 'ada@example.com' }, password: { type: String } }],
  [ChangePasswordDto, { currentPassword: { type: String }, newPassword: { type: String, maxLength: 256 } }],
  [RefreshTokenDto, { refreshToken: { type: String, required: false, nullable: true } }],
];

/** Hangs the descriptions on the controllers and bodies; safe to call more than once. */
export function describeRoutes(): void {
  for (const [dto, fields] of FIELDS) {
    for (const [name, field] of Object.entries(fields)) ApiProperty(field)(dto.prototype as object, name);
  }
  describe(AuthController, 'auth', AUTH_ROUTES);
  for (const [controller, routes] of OTHER_ROUTES) {
    describe(controller as new (...args: never[]) => object, 'service', routes);
  }
}

function describe(
  controller: new (...args: never[]) => object,
  tag: string,
  routes: Record<string, RouteDescription>,
): void {
  ApiTags(tag)(controller);
  for (const [method, route] of Object.entries(routes)) {
    const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, method)!;
    for (const decorate of decoratorsFor(route)) decorate(controller.prototype as object, method, descriptor);
  }
}

function decoratorsFor({
  summary,
  status,
  answer,
  body,
  accessToken,
  chooseTransport,
  errors,
}: RouteDescription) {
  const decorators: MethodDecorator[] = [
    ApiOperation({ summary }),
    ApiResponse({ status, description: 'Done', ...(answer && { schema: answer }) }),
    ...errorsByStatus(errors).map(([code, names]) =>
      ApiResponse({ status: code, description: names.join(', '), schema: errorBody(names) }),
    ),
  ];
  if (body) decorators.push(ApiBody({ type: body, required: body !== RefreshTokenDto }));
  if (accessToken) decorators.push(ApiBearerAuth('accessToken'));
  if (chooseTransport) {
    const description = '`cookie`: the tokens come in HttpOnly cookies only';
    decorators.push(
      ApiHeader({
        name: 'X-Auth-Transport',
        required: false,
        description,
        schema: { enum: ['body', 'cookie'] },
      }),
    );
  }
  return decorators;
}

function errorsByStatus(codes: AuthErrorCode[]): [number, AuthErrorCode[]][] {
  const statuses = [...new Set(codes.map((code) => ERROR_STATUS[code]))];
  return statuses.map((status) => [status, codes.filter((code) => ERROR_STATUS[code] === status)]);
}
