import { graphqlRequest } from '../../../src/transports/graphql-request.js';

const http = { method: 'POST', headers: { authorization: 'Bearer t' } };
const upgraded = { method: 'GET', headers: { upgrade: 'websocket', authorization: 'Bearer t' } };
const tokenOf = (context: unknown) => graphqlRequest([{}, {}, context, {}]).headers.authorization;

describe('the request of a GraphQL operation', () => {
  it.each([
    ['req', { req: http }],
    ['request', { request: http }],
    ['reply.request', { reply: { request: http } }],
  ])('is %s of the context', (_, context) => {
    expect(graphqlRequest([{}, {}, context, {}])).toBe(http);
  });

  it('is found for a reference resolver, which has no arguments', () => {
    expect(graphqlRequest([{}, { req: http }, {}])).toBe(http);
  });

  it('is never taken from the arguments of a field, which the client chooses', () => {
    expect(graphqlRequest([{}, { req: http }, {}, {}]).headers).toEqual({});
  });

  it.each([
    ['Mercurius', { request: upgraded }],
    ['graphql-ws', { extra: { request: upgraded } }],
    ['graphql-ws in the driver for Apollo', { req: { extra: { request: upgraded } } }],
  ])('over a WebSocket of %s is the one that was upgraded, but not a safe one', (_, context) => {
    const request = graphqlRequest([{}, {}, context, {}]);
    expect(request).toMatchObject({ method: undefined, headers: { authorization: 'Bearer t' } });
    request.user = 'ada';
    expect(graphqlRequest([{}, {}, context, {}]).user).toBe('ada');
  });

  it.each([
    ['graphql-ws', { extra: { request: upgraded }, connectionParams: { authorization: 'Bearer c' } }],
    ['graphql-ws, bare', { extra: { request: upgraded }, connectionParams: { token: 'c' } }],
    ['the driver for Apollo', { req: { extra: { request: upgraded }, connectionParams: { token: 'c' } } }],
    ['Mercurius', { request: upgraded, _connectionInit: { Authorization: 'Bearer c' } }],
    [
      'Mercurius, in headers',
      { request: upgraded, _connectionInit: { headers: { authorization: 'Bearer c' } } },
    ],
  ])('takes the token from the connection parameters of %s, which win over the headers', (_, context) => {
    expect(tokenOf(context)).toBe('Bearer c');
  });

  it('has no token where there is no context, or one without a request', () => {
    for (const context of [undefined, null, 7, {}, { req: undefined }, { req: { headers: null } }])
      expect(tokenOf(context)).toBeUndefined();
    expect(graphqlRequest([]).headers).toEqual({});
  });
});
