import { authApi } from '../../../src/index.js';
import { methodsFor } from '../../../src/auth/routes/placed-controllers.js';
import { ROUTE_NAMES, type RouteName } from '../../../src/http/shared/endpoint-plan.js';
import { channelOf } from '../../../src/revocation/revocation-message.js';

/** The metadata of an issuer with a path is the same document at another address. */
const nameOf = (operationId: string) => operationId.replace(/OfPath$/, '') as RouteName;

describe('the names of routes', () => {
  it('are the operation ids of the API description, each for its methods', () => {
    const names = new Set<string>();
    for (const { controller, operations } of authApi.controllers)
      for (const [method, { operationId }] of Object.entries(operations)) {
        names.add(nameOf(operationId));
        expect(methodsFor(controller as never, new Set([nameOf(operationId)]))).toContain(method);
      }
    expect([...names].toSorted()).toEqual([...ROUTE_NAMES].toSorted());
  });
});

describe('the channel of revocations', () => {
  it('differs between schemas, and is a name that LISTEN accepts', () => {
    const channels = ['"revocations"', '"staff"."revocations"', '"customers"."revocations"'].map(channelOf);
    expect(new Set(channels).size).toBe(3);
    expect(channels[0]).toBe('latchkey_revocations');
    for (const channel of channels) expect(channel).toMatch(/^[a-z_][a-z\d_]{0,62}$/);
  });
});
