import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AuthUser, RolesGuard, StepUp, StepUpRequiredError } from '../../../../src/index.js';
import { STEP_UP } from '../../../../src/http/decorators/step-up.decorator.js';
import { StepUpClock } from '../../../../src/http/guards/step-up-clock.js';
import { answerElsewhere } from '../../../../src/transports/answer-elsewhere.js';

const requirementOf = (...args: Parameters<typeof StepUp>) => {
  class Route {}
  StepUp(...args)(Route);
  return Reflect.getMetadata(STEP_UP, Route) as { acr: 'pwd'; maxAge: number };
};

describe('@StepUp', () => {
  it('asks for a password within five minutes, unless it is told otherwise', () => {
    expect(requirementOf()).toEqual({ acr: 'pwd', maxAge: 300 });
    expect(requirementOf({})).toEqual({ acr: 'pwd', maxAge: 300 });
    expect(requirementOf({ acr: 'mfa' })).toEqual({ acr: 'mfa', maxAge: 300 });
    expect(requirementOf({ maxAge: '2h' })).toEqual({ acr: 'pwd', maxAge: 7_200 });
    expect(requirementOf({ acr: 'phr', maxAge: 1 })).toEqual({ acr: 'phr', maxAge: 1 });
  });

  it.each([
    [{ maxAge: 0 }, /maxAge/],
    [{ maxAge: -1 }, /maxAge/],
    [{ maxAge: 1.5 }, /maxAge/],
    [{ maxAge: Number.NaN }, /maxAge/],
    [{ maxAge: Infinity }, /maxAge/],
    [{ maxAge: '0s' }, /maxAge/],
    [{ maxAge: '5' }, /maxAge/],
    [{ maxAge: '5 m' }, /maxAge/],
    [{ maxAge: null }, /maxAge/],
    [{ acr: 'PWD' }, /acr of @StepUp must be one of pwd, mfa, phr/],
    [{ acr: ['mfa'] }, /acr/],
    [{ acr: null }, /acr/],
    [{ maxage: '5m' }, /no option maxage: did you mean maxAge/],
    ['5m', /needs options/],
    [null, /needs options/],
  ])('refuses %j where the decorator stands', (options, message) => {
    expect(() => StepUp(options as object)).toThrow(TypeError);
    expect(() => StepUp(options as object)).toThrow(message);
  });
});

const AUTH_TIME = 1_700_000_000;
const user = (claims: object) =>
  ({ id: 'ada', roles: [], permissions: [], sessionId: 's', claims }) as unknown as AuthUser;

describe('the clock of @StepUp', () => {
  const passes = (seconds: number, claims: object = { auth_time: AUTH_TIME, acr: 'pwd' }) => {
    const clock = new StepUpClock(() => (AUTH_TIME + seconds) * 1_000, 5);
    try {
      clock.assertMeets(user(claims), { acr: 'pwd', maxAge: 300 });
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(StepUpRequiredError);
      return false;
    }
  };

  it('lets through until the age and the tolerance are over, to the second', () => {
    expect([0, 299, 300, 305, 305.999].map((seconds) => passes(seconds))).toEqual(Array(5).fill(true));
    expect([306, 307, 1e6].map((seconds) => passes(seconds))).toEqual([false, false, false]);
  });

  it('lets nobody through when a time is unknown', () => {
    for (const auth_time of [undefined, null, Number.NaN, 'soon', {}])
      expect(passes(auth_time === null ? 1e9 : 0, { auth_time, acr: 'pwd' })).toBe(false);
    expect(passes(Number.NaN)).toBe(false);
    const nobody = { id: 'ada', roles: [], permissions: [], sessionId: 's' } as unknown as AuthUser;
    const clock = new StepUpClock(() => 0, 5);
    expect(() => clock.assertMeets(nobody, { acr: 'pwd', maxAge: 300 })).toThrow(StepUpRequiredError);
  });

  it.each([
    ['pwd', [undefined, '', 'pwd', 'mfa', 'phr', 'later', 1], []],
    ['mfa', ['mfa', 'phr'], [undefined, '', 'pwd', 'later', 1, ['mfa'], 'MFA']],
    ['phr', ['phr'], [undefined, 'pwd', 'mfa', 'later']],
  ] as const)('takes for %s what is at least as strong', (acr, strong, weak) => {
    const clock = new StepUpClock(() => AUTH_TIME * 1_000, 5);
    const meets = (given: unknown) => () =>
      clock.assertMeets(user({ auth_time: AUTH_TIME, acr: given }), { acr, maxAge: 300 });
    for (const each of strong) expect(meets(each)).not.toThrow();
    for (const each of weak) expect(meets(each)).toThrow(StepUpRequiredError);
  });
});

describe('what a step-up that is required looks like', () => {
  const error = new StepUpRequiredError({ acr: 'mfa', maxAge: 60 });
  const details = [
    { field: 'acr_values', message: 'mfa' },
    { field: 'max_age', message: '60' },
  ];

  it('is a challenge of RFC 9470 with the same in its details', () => {
    expect(error).toMatchObject({ statusCode: 401, code: 'STEP_UP_REQUIRED', details });
    expect(error.challenge).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="mfa", max_age="60"',
    );
  });

  it('has its details in GraphQL and over a WebSocket', () => {
    const graphql = { getType: () => 'graphql' } as unknown as ArgumentsHost;
    const expected = { extensions: { code: 'STEP_UP_REQUIRED', statusCode: 401, details } };
    expect(() => answerElsewhere(error, graphql)).toThrow(expect.objectContaining(expected));
    const sent: unknown[] = [];
    const client = { emit: (...event: unknown[]) => sent.push(event) };
    const ws = { getType: () => 'ws', switchToWs: () => ({ getClient: () => client }) };
    answerElsewhere(error, ws as unknown as ArgumentsHost);
    expect(sent).toEqual([
      ['exception', expect.objectContaining({ statusCode: 401, error: 'STEP_UP_REQUIRED', details })],
    ]);
  });
});

describe('RolesGuard without the module', () => {
  class Routes {
    @StepUp({ maxAge: '1m' })
    open() {}
  }
  const guard = new RolesGuard(new Reflector());
  const context = (request: object) =>
    ({
      getType: () => 'http',
      switchToHttp: () => ({ getRequest: () => request }),
      getHandler: () => Routes.prototype.open,
      getClass: () => Routes,
    }) as unknown as ExecutionContext;

  it('goes by the clock of the system', () => {
    const now = Math.floor(Date.now() / 1_000);
    expect(guard.canActivate(context({ user: user({ auth_time: now - 50 }) }))).toBe(true);
    const late = context({ user: user({ auth_time: now - 70 }) });
    expect(() => guard.canActivate(late)).toThrow(StepUpRequiredError);
    expect(() => guard.canActivate(context({}))).toThrow(expect.objectContaining({ code: 'TOKEN_MISSING' }));
  });
});
