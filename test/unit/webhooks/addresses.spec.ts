import { networkOf } from '../../../src/alerts/network.js';
import { isLoopback, isPublicAddress } from '../../../src/webhooks/public-address.js';
import { SlidingCounts } from '../../../src/alerts/sliding-counts.js';

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1',
    '2a00:1450::8',
  ])('%s is public', (ip) => expect(isPublicAddress(ip)).toBe(true));

  it.each(
    [
      '0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1',
      '172.31.255.255 192.0.0.1 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ::1',
      '::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::7f00:1 fc00::1 fd12::1 fe80::1 fec0::1 ff02::1',
      '64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fe80::1%eth0',
    ].flatMap((line) => line.split(' ')),
  )('%s is not', (ip) => expect(isPublicAddress(ip)).toBe(false));

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['10.0.0.1', false],
    ['2606:4700::1', false],
  ])('%s is this machine: %s', (ip, expected) => expect(isLoopback(ip)).toBe(expected));

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['no address', 'no address'],
  ])('%s counts as %s', (ip, network) => expect(networkOf(ip)).toBe(network));
});

describe('sliding counts', () => {
  it('report when enough different things occurred within the period, once per period', () => {
    const counts = new SlidingCounts(3, 100);
    const heard = (thing: string, now: number) => counts.reaches('key', thing, now);
    expect([heard('a', 0), heard('a', 1), heard('b', 2), heard('c', 3)]).toEqual([false, false, false, true]);
    expect([heard('d', 4), heard('e', 5), heard('f', 6)]).toEqual([false, false, false]);
    expect([heard('g', 110), heard('h', 111), heard('i', 112)]).toEqual([false, false, true]);
  });

  it('forget what is too old', () => {
    const counts = new SlidingCounts(3, 100);
    const heard = ['a', 'b', 'c', 'd'].map((thing, i) => counts.reaches('key', thing, i * 60));
    expect(heard).toEqual([false, false, false, false]);
  });

  it('keep keys apart, and only a limited number of them', () => {
    const counts = new SlidingCounts(2, 100, 2);
    const heard = (key: string, thing: string) => counts.reaches(key, thing, 0);
    heard('one', 'a');
    heard('two', 'a');
    heard('three', 'a'); // the oldest is forgotten
    expect([heard('two', 'b'), heard('three', 'b'), heard('one', 'b')]).toEqual([true, true, false]);
  });
});
