import { expect, test } from 'vitest';
import { statuses } from './orders.js';

test('the kit in Vitest', async () => {
  expect(await statuses()).toEqual([200, 401]);
});
