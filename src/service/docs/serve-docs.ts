import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

const PATHS = ['/docs', '/docs/*', '/docs-yaml', '/openapi.json'];

/**
 * Serves the OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. Only the first request for them loads Swagger,
 * which is a fifth of all code. A Fastify instance that is listening accepts no more routes, so Swagger gets a separate one.
 */
export function serveDocs(app: NestFastifyApplication, { silentRefresh }: { silentRefresh: boolean }): void {
  let swagger: Promise<FastifyInstance> | undefined;
  const load = async () => {
    try {
      const { swaggerOf } = await import('./swagger.js');
      return await swaggerOf(app, silentRefresh);
    } catch (error) {
      swagger = undefined; // the next request tries again
      throw error;
    }
  };
  for (const path of PATHS)
    app
      .getHttpAdapter()
      .getInstance()
      .get(path, async ({ url, headers }, reply) => {
        swagger ??= load();
        const answer = await (await swagger).inject({ url, headers });
        if (answer.statusCode >= 400) {
          reply.callNotFound();
          return reply;
        }
        const { connection: _, ...answered } = answer.headers;
        return reply.code(answer.statusCode).headers(answered).send(answer.rawPayload);
      });
}
