// next.config.ts
import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  skipProxyUrlNormalize: true, // so that the middleware can recognize prefetches
  turbopack: { root: join(import.meta.dirname, '../..') }, // not needed in your app: here latchkey comes from this repository
};
export default config;
