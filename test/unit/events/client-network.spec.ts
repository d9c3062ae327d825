import { clientNetwork, providerNetwork } from '../../../src/events/client-network.js';

describe('the network of a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:0207', '192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:23f:4:5:6:7', '2001:db8:1:23f::/64', '2001:db8:1:200::/56', '2001:db8:1::/48'],
    ['2001:0DB8:0001:02FF::1', '2001:db8:1:2ff::/64', '2001:db8:1:200::/56', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/56', 'fe80:0:0::/48'],
    ['', '', '', ''],
    ['unknown', 'unknown', 'unknown', 'unknown'],
  ])('of %j by /64, /56 and /48', (ip, by64, by56, by48) => {
    expect([clientNetwork(ip, 64), clientNetwork(ip, 56), clientNetwork(ip, 48)]).toEqual([by64, by56, by48]);
  });
});

describe('the network of a provider', () => {
  it.each([
    ['192.0.2.7', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:23f:4:5:6:7', '2001:db8::/32'],
    ['2001:DB8::1', '2001:db8::/32'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('of %j', (ip, network) => {
    expect(providerNetwork(ip)).toBe(network);
  });
});
