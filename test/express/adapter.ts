/** The Express adapter is imported from here because its packages are installed in this folder. */
export { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
