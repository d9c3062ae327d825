import { authApi } from '../../../src/index.js';
import { openApiOperation } from '../../../src/openapi/operation.js';

const descriptions = authApi.controllers.flatMap(({ operations }) => Object.values(operations));
const codesOf = (operationId: string, silentRefresh: boolean) => {
  const description = descriptions.find((each) => each.operationId === operationId)!;
  const text = JSON.stringify(openApiOperation(description, { tag: 'auth', silentRefresh }));
  return text.match(/(?<=")[A-Z]+_[A-Z_]+(?=")/g) ?? [];
};

describe('an operation of the API document', () => {
  it('may refuse to renew cookies where guarded routes do that, and only there', () => {
    expect(codesOf('listSessions', true)).toContain('REFRESH_TOKEN_REUSED');
    expect(codesOf('listSessions', false)).not.toContain('REFRESH_TOKEN_REUSED');
    for (const id of ['logout', 'login', 'getJwks', 'introspectToken'])
      expect([id, codesOf(id, true)]).toEqual([id, codesOf(id, false)]);
  });
});
