import type { ExecutionContext } from '@nestjs/common';
import { oncePerRoute } from '../../../../../src/http/guards/fast-path/once-per-route.js';

class Base {
  list() {}
  remove() {}
}
class Orders extends Base {}
class Invoices extends Base {}

const route = (controller: object, handler: object) =>
  ({ getClass: () => controller, getHandler: () => handler }) as ExecutionContext;

describe('what is read once per route', () => {
  it('is read again for another handler, and for an inherited handler in another controller', () => {
    const reads: string[] = [];
    const read = oncePerRoute((context) => {
      reads.push(`${context.getClass().name}.${context.getHandler().name}`);
      return { n: reads.length };
    });
    const { list, remove } = Base.prototype;
    for (let i = 0; i < 2; i++) {
      expect(read(route(Orders, list))).toEqual({ n: 1 });
      if (i === 0) read(route(Orders, remove));
      if (i === 0) read(route(Invoices, list));
      expect(read(route(Invoices, list))).toEqual({ n: 3 });
    }
    expect(reads).toEqual(['Orders.list', 'Orders.remove', 'Invoices.list']);
  });
});
