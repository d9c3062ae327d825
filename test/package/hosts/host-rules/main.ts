// A host with rules for everything: a prefix, versions, a pipe, a filter and interceptors, all global, and a document.
import {
  type ArgumentsHost,
  Catch,
  ClassSerializerInterceptor,
  HttpException,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { withAuthDocs } from 'latchkey';
import { AppModule } from './app.js';

/** Answers every error in the app's own format. */
@Catch()
class CatchAllFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost) {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { ours: false }, status);
  }
}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  app.useGlobalFilters(new CatchAllFilter(app.get(HttpAdapterHost)));
  app.useGlobalInterceptors(new ClassSerializerInterceptor(app.get(Reflector)));
  const config = new DocumentBuilder().setTitle('Shop').build();
  SwaggerModule.setup('docs', app, () => withAuthDocs(SwaggerModule.createDocument(app, config), app));
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${await app.getUrl()}`);
}

void main();
