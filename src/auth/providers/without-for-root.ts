import type { Provider } from '@nestjs/common';
import { MODULE_OPTIONS_TOKEN } from '../auth.module-definition.js';
import { replaceableParts } from './replaceable-parts.js';

/**
 * The providers used when `imports` contains `AuthModule` itself. `forRoot` and `forRootAsync` replace all of them.
 * Otherwise the first one stops the app; all others depend on it.
 */
export const withoutForRoot: Provider[] = [
  {
    provide: MODULE_OPTIONS_TOKEN,
    useFactory: () => {
      throw new Error(
        'AuthModule has no options: write AuthModule.forRoot({ jwt: { … } }) or AuthModule.forRootAsync({ … }) where ' +
          'imports says AuthModule. AuthModule is global: if another module already calls forRoot, leave it out here.',
      );
    },
  },
  ...replaceableParts({}),
];
