import { KeySet } from '../../../src/keys/key-set.js';
import { keyFromSecret } from '../../../src/keys/signing-key.js';
import { DeviceProofs } from '../../../src/tokens/device-proofs.js';

const [older, newer] = ['a', 'b'].map((name) => keyFromSecret(name.repeat(48), 'HS256')) as [never, never];
const ada = { id: 'ada', passwordHash: 'hash 1' };
const DAY = 86_400_000;

let now = Date.UTC(2026, 0, 1);
const proofsWith = (...keys: never[]) => new DeviceProofs(new KeySet(keys), () => now);
const proofs = proofsWith(older);

describe('a proof of a device', () => {
  it('is recognized for 180 days, and keeps the id of the device when it is renewed', async () => {
    const proof = await proofs.issue(ada);
    const device = proofs.recognize(proof, ada)!;
    expect(device).toMatch(/^[\w-]{24}$/);
    expect(proofs.recognize(await proofs.issue(ada, device), ada)).toBe(device);
    expect(proofs.recognize(await proofs.issue(ada), ada)).not.toBe(device);
    now += 180 * DAY - 1_000;
    expect(proofs.recognize(proof, ada)).toBe(device);
    now += 1_000;
    expect(proofs.recognize(proof, ada)).toBeUndefined();
  });

  it('is worth nothing for another user, for nobody, and after the password has changed', async () => {
    const proof = await proofs.issue(ada);
    expect(proofs.recognize(proof, { ...ada, id: 'eve' })).toBeUndefined();
    expect(proofs.recognize(proof, null)).toBeUndefined();
    expect(proofs.recognize(proof, { ...ada, passwordHash: 'hash 2' })).toBeUndefined();
    expect(proofs.recognize(proof, { ...ada, passwordHash: null })).toBeUndefined();
  });

  it('is worth nothing when it was changed in any place, cut, lengthened or invented', async () => {
    const proof = await proofs.issue(ada);
    const forged = [...proof].map((character, i) => {
      const other = character === '1' ? '2' : '1';
      return proof.slice(0, i) + other + proof.slice(i + 1);
    });
    const cut = [proof.slice(1), proof.slice(0, -1), `${proof}A`, ` ${proof}`, `${proof}\n`];
    for (const text of [...forged, ...cut, '', '..', '\0', 'é'.repeat(43), 'x'.repeat(100_000)])
      expect(proofs.recognize(text, ada)).toBeUndefined();
    expect(proofs.recognize(undefined, ada)).toBeUndefined();
  });

  it('tells nothing about the user', async () => {
    const proof = await proofs.issue(ada);
    expect(Buffer.from(proof, 'base64url').toString('latin1')).not.toContain('ada');
    expect(proof.length).toBeLessThan(100);
  });

  it('of an earlier version is recognized', () => {
    const proof = 'AAAAAAAAAAAAAAAAAAAAAAAA.1767225600.4wDVOBfkSRnQjcMZjTw4G9ss1KUeGdiA2w71iR_lppw';
    const then = new DeviceProofs(new KeySet([older]), () => Date.UTC(2026, 0, 1));
    expect(then.recognize(proof, ada)).toBe('AAAAAAAAAAAAAAAAAAAAAAAA');
  });

  it('is accepted with every secret of the list, and signed with the one that all instances know', async () => {
    const both = proofsWith(newer, older);
    const proof = await proofs.issue(ada);
    expect(both.recognize(proof, ada)).toBeDefined();
    expect(proofs.recognize(await both.issue(ada), ada)).toBeUndefined();
    const keys = new KeySet([newer, older]);
    keys.choice.position = 1;
    expect(proofs.recognize(await new DeviceProofs(keys, () => now).issue(ada), ada)).toBeDefined();
    expect(proofsWith(newer).recognize(proof, ada)).toBeUndefined();
  });
});
