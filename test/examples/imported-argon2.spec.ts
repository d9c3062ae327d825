import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argon2Hash, type Argon2Engines, phcArgon2 } from '../../src/users/foreign-hashes/argon2.js';

const example = join(import.meta.dirname, '../../examples/extending/argon2-hasher.ts');
const engine = createRequire(example)('@node-rs/argon2');
const engines: Argon2Engines = { load: async () => engine };
const settings = {
  memory: 19_456,
  passes: 2,
  parallelism: 1,
  salt: Buffer.from('0123456789abcdef'),
};
const id = Buffer.from('rk2Mi3E4dgRMg0fHaYaptWVZRKqs//6b6k3/nntqGJk', 'base64');
const i = Buffer.from('X+0vnzYdm5eNHowhk22hhAogfh1FeBiVhFMOnsSoqIk', 'base64');

describe('Argon2 hashes of other systems, by @node-rs/argon2', () => {
  it.each([
    ['argon2id', { ...settings, type: 'argon2id' as const, hash: id }],
    ['argon2i', { ...settings, type: 'argon2i' as const, memory: 7_168, passes: 5, hash: i }],
  ])('%s opens with its password and no other', async (_, given) => {
    const hash = argon2Hash(given, engines)!;
    expect(await hash.verify('correct horse')).toBe(true);
    expect(await hash.verify('correct horse ')).toBe(false);
  });

  it('is read from PHC, also behind the prefix of Django', async () => {
    const phc = await engine.hash('correct horse', { memoryCost: 64 });
    expect(phcArgon2(phc)).not.toBeNull();
    expect(phcArgon2(`argon2${phc}`)).not.toBeNull();
    expect(phcArgon2(phc.replace('v=19', 'v=18'))).toBeNull();
  });
});
