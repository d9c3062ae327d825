import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { withoutPasswords } from '../database/without-passwords.js';
import { AuthDoctor, type Finding, OBSERVER } from '../index.js';

type Class = new (...args: never[]) => object;
type Core = {
  NestFactory: {
    createApplicationContext(module: object, options: object): Promise<INestApplicationContext>;
  };
};

/** More than TypeORM's default, which tries for half a minute to reach the database. */
const START_MS = 60_000;

const problem = (message: string): Finding[] => [{ check: 'app', state: 'problem', message }];

/**
 * Starts the app of a file without a server, and asks its doctor. What the app does at startup, it does: it runs its
 * migrations if it is configured to.
 */
export async function examineApp(file: string, name: string | undefined, cwd: string): Promise<Finding[]> {
  const path = resolve(cwd, file);
  if (!existsSync(path))
    return problem(`${file} does not exist: build the app first, and name the compiled file`);
  if (statSync(path).isDirectory() || /\.[cm]?tsx?$/.test(path))
    return problem(
      `${file} cannot be loaded: name the compiled file of the root module, such as dist/app.module.js`,
    );
  try {
    // Loads ES modules as well. What is required and what is imported is one copy.
    const require = createRequire(path);
    const module = moduleIn(require(path) as Record<string, unknown>, name);
    if (!module) return problem(`${file} exports no class ${name ?? 'AppModule'}: name it with --export`);
    // The app's own copy of Nest: another one would not know its decorators.
    const { NestFactory } = require('@nestjs/core') as Core;
    const starting = NestFactory.createApplicationContext(observing(module), {
      logger: false,
      abortOnError: false,
    });
    const app = await within(START_MS, starting);
    try {
      return await examineAll(doctorsOf(app));
    } finally {
      await app.close();
    }
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return problem(`does not start: ${withoutPasswords(message || String(code))}`);
  }
}

/** A start that never ends must not keep the doctor. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The app with what tells its `AuthModule`s that it will not serve anyone. */
function observing(app: Class): object {
  const told = { providers: [{ provide: OBSERVER, useValue: true }], exports: [OBSERVER] };
  return { module: class ExaminedApp {}, global: true, imports: [app], ...told };
}

/** One for each `AuthModule` of the app. */
function doctorsOf(app: INestApplicationContext): AuthDoctor[] {
  try {
    return app.get<AuthDoctor>(AuthDoctor.TOKEN, { strict: false, each: true });
  } catch {
    throw new Error('it does not import AuthModule.forRoot() of this version of latchkey');
  }
}

async function examineAll(doctors: AuthDoctor[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const doctor of doctors)
    for (const finding of await doctor.examine())
      findings.push(
        doctors.length === 1 ? finding : { ...finding, message: `${doctor.examined}: ${finding.message}` },
      );
  return findings;
}

function moduleIn(imported: Record<string, unknown>, name = 'AppModule'): Class | undefined {
  const exported = imported[name];
  return typeof exported === 'function' ? (exported as Class) : undefined;
}

/** Whether a folder is an app that has Latchkey as a module, so that no variable configures it. */
export function isApp(cwd: string): boolean {
  const file = join(cwd, 'package.json');
  if (!existsSync(file)) return false;
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: object };
  return 'latchkey' in dependencies && '@nestjs/core' in dependencies;
}

/** What to do in such a folder: advice about the service's variables would be wrong there. */
export const HOW_TO_EXAMINE_AN_APP =
  'This folder is an app with Latchkey as a module, which is configured in its code and not by the variables of the ' +
  'service (DATABASE_URL, JWT_REFRESH_SECRET, …). Build it, then run: latchkey doctor --app dist/app.module.js';
