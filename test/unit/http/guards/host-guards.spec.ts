import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Reflector } from '@nestjs/core';
import { JwtAuthGuard } from '../../../../src/http/guards/jwt-auth.guard.js';
import { RefreshJwtGuard } from '../../../../src/http/guards/refresh-jwt.guard.js';

class Controller {
  handler() {}
}

/** A strategy that lets everybody in. */
const everybody = {
  authenticate(this: { success(user: unknown): void }) {
    this.success({ id: 'ada' });
  },
} as never;

const contextOf = (request: object) =>
  new ExecutionContextHost([request, {}], Controller, Controller.prototype.handler);

const csrf = { assertAllowed: () => undefined } as never;
const noRefresh = { renew: async () => false } as never;

describe('a guard of the host that decides later', () => {
  const late = (judge: () => unknown) => ({
    RefreshGuard: class extends RefreshJwtGuard {
      override handleRequest(): never {
        return Promise.resolve().then(judge) as never;
      }
    },
    AccessGuard: class extends JwtAuthGuard {
      override handleRequest(): never {
        return Promise.resolve().then(judge) as never;
      }
    },
  });
  const guards = (judge: () => unknown) => {
    const { RefreshGuard, AccessGuard } = late(judge);
    return [new RefreshGuard(everybody, csrf), new AccessGuard(new Reflector(), everybody, csrf, noRefresh)];
  };

  it('is awaited, and its refusal counts', async () => {
    const refuse = () => {
      throw new Error('not today');
    };
    for (const guard of guards(refuse))
      await expect(Promise.resolve(guard.canActivate(contextOf({ method: 'GET' })))).rejects.toThrow(
        'not today',
      );
  });

  it('is awaited, and the user it lets in is on the request', async () => {
    for (const guard of guards(() => ({ id: 'bob' }))) {
      const request = { method: 'GET', user: undefined };
      expect(await guard.canActivate(contextOf(request))).toBe(true);
      expect(request.user).toEqual({ id: 'bob' });
    }
  });
});

it('options that a guard of the host changes for one request apply only to that request', () => {
  const seen: unknown[] = [];
  const strategy = {
    authenticate(this: { success(user: unknown): void }, _request: object, options: { check?: string }) {
      seen.push(options.check);
      this.success({ id: 'ada' });
    },
  } as never;
  class Guard extends JwtAuthGuard {
    override getAuthenticateOptions(context: ExecutionContext) {
      const options = super.getAuthenticateOptions(context);
      const { internal } = context.getArgByIndex<{ internal: boolean }>(0);
      return internal ? Object.assign(options, { check: 'stateless' as const }) : options;
    }
  }
  const guard = new Guard(new Reflector(), strategy, csrf, noRefresh);
  for (const internal of [true, false])
    expect(guard.canActivate(contextOf({ method: 'GET', internal }))).toBe(true);
  expect(seen).toEqual(['stateless', undefined]);
});
