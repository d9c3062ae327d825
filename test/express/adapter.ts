/** The Express adapter comes from here: its packages are installed in this folder. */
export { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
