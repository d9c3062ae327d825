import { Controller, Get, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, JwtAuthGuard, StepUp } from '../../src/index.js';
import { FakeClock, inMemoryAuth, overrideJwtAuthGuard, signIn } from '../../src/testing/index.js';
import { claimsOf } from '../support/age-session.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { ExpressAdapter } from '../express/adapter.js';

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp({ maxAge: '5m' })
  @Get()
  open() {
    return { reached: true };
  }

  @StepUp({ acr: 'mfa', maxAge: '5m' })
  @Get('strong')
  strong() {
    return { reached: true };
  }
}

const clock = new FakeClock();
const started: { close(): Promise<void> }[] = [];
async function start(override?: ReturnType<typeof overrideJwtAuthGuard>) {
  const imports = [AuthModule.forRoot(inMemoryAuth({ clock: clock.now }))];
  const building = Test.createTestingModule({ imports, controllers: [VaultController] });
  if (override) building.overrideGuard(JwtAuthGuard).useValue(override);
  const app = (await building.compile()).createNestApplication(new ExpressAdapter());
  await app.listen(0, '127.0.0.1');
  started.push(app);
  return { app, client: new Client(await app.getUrl()) };
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()));
});

describe('the test kit with @StepUp', () => {
  it('signs in as strongly, by what methods and as long ago as a test wants', async () => {
    const { app, client } = await start();
    const status = async (path: string, wanted: Parameters<typeof signIn>[1]) => {
      const { headers, tokens } = await signIn(app, wanted);
      return [(await client.get(path, { headers })).status, claimsOf(tokens.accessToken)];
    };
    expect(await status('/vault', {})).toEqual([200, expect.objectContaining({ acr: 'pwd', amr: ['pwd'] })]);
    const strong = { acr: 'mfa', amr: ['pwd', 'otp'] } as const;
    expect(await status('/vault/strong', { ...strong, amr: [...strong.amr] })).toEqual([
      200,
      expect.objectContaining(strong),
    ]);
    const authTime = new Date(clock.now() - 600_000);
    const auth_time = Math.floor(authTime.getTime() / 1_000);
    expect(await status('/vault', { authTime })).toEqual([401, expect.objectContaining({ auth_time })]);
    expect((await status('/vault/strong', { acr: 'pwd' }))[0]).toBe(401);
  });

  it('moves time until a step-up is needed, to the second, and steps up in memory', async () => {
    const { client } = await start();
    clock.set(Math.floor(clock.now() / 1_000) * 1_000);
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const open = async (token = body.accessToken) => (await client.get('/vault', { token })).status;
    clock.advance('305s');
    expect(await open()).toBe(200);
    clock.advance('1s');
    expect(await open()).toBe(401);
    const stepped = await client.post('/auth/step-up', { password: PASSWORD }, { token: body.accessToken });
    expect(await open(stepped.body.accessToken)).toBe(200);
    clock.advance('306s');
    expect(await open(stepped.body.accessToken)).toBe(401);
    const refreshed = (await client.post('/auth/refresh', { refreshToken: body.refreshToken })).body;
    expect(claimsOf(refreshed.accessToken).auth_time).toBe(claimsOf(stepped.body.accessToken).auth_time);
    expect(await open(refreshed.accessToken)).toBe(401);
  });

  it('enforces it for the user of everybody, too', async () => {
    const { client } = await start(overrideJwtAuthGuard());
    expect((await client.get('/vault')).status).toBe(200);
    expect((await client.get('/vault/strong')).status).toBe(401);
  });
});
