import { statuses } from './orders.js';

test('the kit in Jest', async () => {
  expect(await statuses()).toEqual([200, 401]);
});
