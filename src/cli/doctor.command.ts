import {
  BcryptPasswordHasher,
  examineHashing,
  examineRedis,
  type Finding,
  RedisConnection,
} from '../index.js';
import { type Configuration, ConfigurationError, readConfiguration } from '../settings/configuration.js';
import { warningsOf } from '../settings/warnings.js';
import { IN_THE_SERVICE } from './advice.js';
import { examineApp, HOW_TO_EXAMINE_AN_APP, isApp } from './examine-app.js';
import { examineDatabase, examineInstances } from './examine-database.js';
import { examineExposure } from './examine-exposure.js';
import { examineIssuer } from './examine-issuer.js';
import { examineNode } from './examine-node.js';
import { examineServicePasskeys } from './examine-service-passkeys.js';
import type { Io } from './io.js';
import { examineServiceMail } from './examine-service-mail.js';
import { EXIT, type Outcome, wrongUsage } from './outcome.js';

const SIGN = { ok: '✔', warning: '!', problem: '✘' };

export interface DoctorOptions {
  app?: string;
  export?: string;
}

/** Checks everything the service, or an app with the module, needs, and suggests fixes for what is wrong. */
export async function doctor(io: Io, { app, export: name }: DoctorOptions = {}): Promise<Outcome> {
  const cwd = io.cwd ?? process.cwd();
  if (app !== undefined) return outcomeOf(await examineApp(app, name, cwd));
  return isApp(cwd) ? wrongUsage(HOW_TO_EXAMINE_AN_APP) : outcomeOf(await examine(io));
}

function outcomeOf(findings: Finding[]): Outcome {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ check, state, message }) => `${SIGN[state]} ${check.padEnd(width)}  ${message}`,
  );
  const isIll = findings.some(({ state }) => state === 'problem');
  return { text: lines.join('\n'), json: { findings }, exitCode: isIll ? EXIT.FAILED : 0 };
}

async function examine(io: Io): Promise<Finding[]> {
  let configuration: Configuration;
  try {
    configuration = readConfiguration(io.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [
      ...error.problems.map((message) => finding('problem', message)),
      ...error.unknown.map((message) => finding('warning', message)),
    ];
  }
  const database = await examineDatabase(configuration);
  return [
    ...examineConfiguration(configuration),
    examineNode(),
    ...examineExposure(configuration),
    ...examineIssuer(configuration),
    ...examineServicePasskeys(configuration),
    ...database,
    ...(await examineInstances(io, database)),
    ...(await examineServiceRedis(configuration)),
    ...(await examineServiceMail(configuration, database, io)),
    await examineServiceHashing(configuration),
  ];
}

function finding(state: Finding['state'], message: string): Finding {
  return { check: 'configuration', state, message };
}

function examineConfiguration(configuration: Configuration): Finding[] {
  const findings = warningsOf(configuration).map((message) => finding('warning', message));
  const { mode } = configuration;
  if (mode !== 'production')
    findings.push(finding('warning', `NODE_ENV is ${mode}: fine on this machine, but not in production`));
  return findings.length > 0 ? findings : [finding('ok', 'complete and valid')];
}

async function examineServiceRedis({ auth }: Configuration): Promise<Finding[]> {
  if (!auth.redis) return [];
  let reason = 'no answer';
  const { url, tlsCa = [] } = auth.redis;
  const redis = await RedisConnection.open({ url, tlsCa: [tlsCa].flat() }, (message) => (reason = message));
  try {
    const found = await examineRedis(redis, IN_THE_SERVICE);
    return [{ ...found, message: found.message.replace(/^no answer/, () => reason) }];
  } finally {
    redis.onModuleDestroy();
  }
}

function examineServiceHashing({ auth }: Configuration): Promise<Finding> {
  const cost = auth.passwords?.bcryptCost ?? 12;
  const hasher = new BcryptPasswordHasher({ cost, peppers: [], queueLimit: 1 });
  return examineHashing(hasher, `cost ${cost}`, IN_THE_SERVICE);
}
