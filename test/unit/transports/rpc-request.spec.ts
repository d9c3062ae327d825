import { KafkaContext, MqttContext, NatsContext, RmqContext, TcpContext } from '@nestjs/microservices';
import { rpcRequest } from '../../../src/transports/rpc-request.js';

/** As gRPC's `Metadata` and the headers of NATS have it. */
class Headers {
  constructor(private readonly values: unknown) {}
  get(name: string) {
    return name === 'authorization' ? this.values : undefined;
  }
}

const inHeaders = (value: unknown) => ({ headers: { authorization: value } });
const authorizationOf = (payload: unknown, context?: unknown) =>
  rpcRequest([payload, context]).headers.authorization;

describe('the token of a message to a microservice', () => {
  it.each([
    ['gRPC', new Headers(['Bearer t'])],
    ['NATS', new NatsContext(['subject', new Headers('Bearer t')])],
    ['Kafka', new KafkaContext([inHeaders(Buffer.from('Bearer t'))] as never)],
    ['RabbitMQ', new RmqContext([{ properties: inHeaders('Bearer t') }, {}, 'pattern'])],
    ['MQTT', new MqttContext(['topic', { properties: { userProperties: { authorization: 'Bearer t' } } }])],
    ['TCP', new TcpContext([{}, 'pattern', { authorization: 'Bearer t' }] as never)],
  ])('is in the metadata of %s, which takes precedence over the payload', (_, context) => {
    expect(authorizationOf(inHeaders('Bearer other'), context)).toBe('Bearer t');
  });

  it.each([
    ['gRPC', () => new Headers([])],
    ['NATS', () => new NatsContext(['subject', undefined] as never)],
    ['Kafka', () => new KafkaContext([{}] as never)],
    ['RabbitMQ', () => new RmqContext([{ properties: {} }, {}, 'pattern'])],
    ['MQTT', () => new MqttContext(['topic', {}] as never)],
    ['TCP', () => new TcpContext([{}, 'pattern'] as never)],
    ['a transport without a context', () => undefined],
  ])('is in the payload where the message of %s has no metadata', (_, context) => {
    expect(authorizationOf(inHeaders('Bearer t'), context())).toBe('Bearer t');
    expect(authorizationOf({}, context())).toBeUndefined();
  });

  it('is invalid if there are two', () => {
    expect(authorizationOf({}, new Headers(['Bearer a', 'Bearer b']))).toBe('Bearer ambiguous');
  });

  it('is not in a payload that is no object, or in a header that is no text', () => {
    for (const payload of [undefined, null, 7, 'text', [], inHeaders(7), inHeaders({}), inHeaders('')])
      expect(authorizationOf(payload)).toBeUndefined();
  });

  it('never comes from a cookie', () => {
    expect(rpcRequest([{ headers: { cookie: 'access=t' } }]).headers).toEqual({ authorization: undefined });
  });

  it('belongs to one message, so that its user does too', () => {
    const [payload, context] = [inHeaders('Bearer t'), new TcpContext([{}, 'pattern'] as never)];
    rpcRequest([payload, context]).user = 'ada';
    expect(rpcRequest([payload, context]).user).toBe('ada');
    expect(rpcRequest([payload, new TcpContext([{}, 'pattern'] as never)]).user).toBeUndefined();
  });
});
