import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeRoutes } from './describe-routes.js';

/** The OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. */
export function serveDocs(app: INestApplication): void {
  describeRoutes();
  const config = new DocumentBuilder()
    .setTitle('Latchkey')
    .setDescription('Sessions, access tokens and refresh tokens.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'accessToken')
    .addBasicAuth({ type: 'http', scheme: 'basic' }, 'resourceServer')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Latchkey API',
  });
}
