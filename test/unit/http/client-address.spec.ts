import { clientAddress } from '../../../src/index.js';

describe("the client's address", () => {
  const request = (ip: string) => ({ headers: {}, ip, raw: { socket: { remoteAddress: '10.0.0.1' } } });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
  ])('is %s without the port that a proxy appended', (written, address) => {
    expect(clientAddress(request(written))).toBe(address);
  });

  it.each([
    '',
    'x',
    '<script>',
    '999.1.1.1',
    '1'.repeat(6000),
    `fe80::1%${'x'.repeat(500)}`,
    "'; drop",
    'unknown',
  ])("is the proxy's if the header says %j", (written) => {
    expect(clientAddress(request(written))).toBe('10.0.0.1');
  });
});
