import type { AuthErrorCode } from '../../index.js';
import type { Schema } from './schemas.js';

/** What the API documentation says of one route. Descriptions live here, so that the library needs no Swagger. */
export interface RouteDescription {
  summary: string;
  status: number;
  answer?: Schema;
  body?: new () => object;
  form?: Schema;
  clientCredentials?: true;
  accessToken?: true;
  chooseTransport?: true;
  errors: AuthErrorCode[];
}

export type Routes = Record<string, RouteDescription>;

export interface DescribedController {
  controller: new (...args: never[]) => object;
  tag: string;
  routes: Routes;
}
