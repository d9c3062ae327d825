import { FactorSecrets } from '../../../src/mfa/factor-secrets.js';
import { InMemoryFactorStore } from '../../../src/mfa/in-memory-factor.store.js';

/** Writes the secret and the context before the text. */
class Cipher {
  constructor(
    private readonly secrets: string[],
    readonly usesNewest = true,
  ) {}
  encrypt = (text: string, context: string) => `${this.secrets[0]}|${context}|${text}`;
  decrypt(encrypted: string, context: string) {
    const [secret, bound, text] = encrypted.split('|') as [string, string, string];
    return this.secrets.includes(secret) && bound === context ? text : null;
  }
  isCurrent = (encrypted: string) => encrypted.startsWith(`${this.secrets[0]}|`);
}

let store: InMemoryFactorStore;
beforeEach(() => {
  store = new InMemoryFactorStore();
});
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Adds an authenticator app whose secret is encrypted by this one. */
async function add(n: number, by: string, context = `ada${n} ${idOf(n)}`) {
  const secret = new Cipher([by]).encrypt(`secret ${n}`, context);
  await store.addTotp({ id: idOf(n), userId: `ada${n}`, name: null, secret });
}
const secretsBy = (...secrets: string[]) => new FactorSecrets(store, new Cipher(secrets));

it('are counted by what decrypts them', async () => {
  expect(await secretsBy('new').count()).toEqual({ total: 0, older: 0, unreadable: 0 });
  await add(1, 'new');
  await add(2, 'old');
  await add(3, 'old');
  await add(4, 'lost');
  await add(5, 'new', 'of somebody else');
  expect(await secretsBy('new', 'old').count()).toEqual({ total: 5, older: 2, unreadable: 2 });
});

it('are moved to the newest secret, for the same account and the same app', async () => {
  await add(1, 'new');
  await add(2, 'old');
  await add(3, 'lost');
  const secrets = secretsBy('new', 'old');
  expect(await secrets.rotate()).toEqual({ renewed: 1, unreadable: 1, waiting: false });
  expect((await store.listSecrets(10)).map(({ secret }) => secret)).toEqual([
    `new|ada1 ${idOf(1)}|secret 1`,
    `new|ada2 ${idOf(2)}|secret 2`,
    `lost|ada3 ${idOf(3)}|secret 3`,
  ]);
  expect(await secrets.rotate()).toEqual({ renewed: 0, unreadable: 1, waiting: false });
});

it('are all reached, however many there are', async () => {
  for (let n = 0; n < 1_001; n++) await add(n, 'old');
  expect(await secretsBy('new', 'old').count()).toMatchObject({ total: 1_001 });
  expect(await secretsBy('new', 'old').rotate()).toMatchObject({ renewed: 1_001 });
});

it('that somebody else has replaced meanwhile are not counted as renewed', async () => {
  await add(1, 'old');
  const cipher = new Cipher(['new', 'old']);
  const encrypt = (text: string, context: string) => {
    void store.replaceSecret(idOf(1), `old|${context}|${text}`, `newer|${context}|${text}`);
    return `new|${context}|${text}`;
  };
  const secrets = new FactorSecrets(store, Object.assign(cipher, { encrypt }));
  expect(await secrets.rotate()).toEqual({ renewed: 0, unreadable: 0, waiting: false });
  expect(await store.listSecrets(1)).toMatchObject([{ secret: expect.stringMatching(/^newer/) }]);
});

it('wait for an instance that does not know the newest secret', async () => {
  const secrets = new FactorSecrets(store, new Cipher(['old'], false));
  expect(await secrets.rotate()).toMatchObject({ waiting: true });
});
