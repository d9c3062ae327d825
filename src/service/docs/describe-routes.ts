import {
  ApiBasicAuth,
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExcludeController,
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  type AuthErrorCode,
  ChangePasswordDto,
  ERROR_STATUS,
  EventsQueryDto,
  LoginDto,
  RefreshTokenDto,
  RegisterDto,
} from '../../index.js';
import { MetricsController } from '../metrics/metrics.controller.js';
import { PAGE_CONTROLLERS } from '../pages/served-pages.js';
import type { DescribedController, RouteDescription, Routes } from './route-description.js';
import { DESCRIBED } from './routes.js';
import { errorBody } from './schemas.js';

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
  [EventsQueryDto, { limit: { type: Number, required: false, minimum: 1, maximum: 100, default: 50 } }],
  [RefreshTokenDto, { refreshToken: { type: String, required: false, nullable: true } }],
];

/** Hangs the descriptions on the controllers and bodies; safe to call more than once. */
export function describeRoutes(): void {
  for (const [dto, fields] of FIELDS) {
    for (const [name, field] of Object.entries(fields)) ApiProperty(field)(dto.prototype as object, name);
  }
  for (const other of [MetricsController, ...PAGE_CONTROLLERS]) ApiExcludeController()(other);
  for (const { controller, tag, routes } of DESCRIBED) describe(controller, tag, routes);
}

function describe(controller: DescribedController['controller'], tag: string, routes: Routes): void {
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
  form,
  clientCredentials,
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
  if (form) decorators.push(ApiConsumes('application/x-www-form-urlencoded'), ApiBody({ schema: form }));
  if (clientCredentials) decorators.push(ApiBasicAuth('resourceServer'));
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
