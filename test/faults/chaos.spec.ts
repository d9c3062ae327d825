import { describeWith } from '../support/gateway-process.js';
import { describeWithPgBouncer } from '../support/pgbouncer.js';
import { describeWithRedis } from '../support/redis.js';
import { describeWithStandby } from '../support/replicated-postgres.js';
import { textOf } from './chaos/report.js';
import { runChaos } from './chaos/run.js';
import { count } from './support/report.js';

/** `npm run chaos` is the same for as long as one likes. */
const SECONDS = Number(process.env.FAULTS_CHAOS_SECONDS ?? 300);
const BEGIN_AND_END_SECONDS = 300;

const NEEDS = [describeWithStandby, describeWithPgBouncer, describeWithRedis, describeWith('haproxy')];

function tests(): void {
  it(
    `a cluster is broken for ${SECONDS} s, and nobody who uses it meanwhile sees a broken promise`,
    async () => {
      const seed = Math.floor(Math.random() * 1_000_000);
      const report = await runChaos({ seconds: SECONDS, seed, tell: () => undefined });
      console.log(textOf(report));
      count('operations in a long run', report.operations);
      count(
        'faults in a long run',
        Object.values(report.strikes).reduce((sum, number) => sum + number, 0),
      );
      count('violations', report.violations.length);
      expect(report.violations).toEqual([]);
      expect(report.operations).toBeGreaterThan(SECONDS);
    },
    (SECONDS + BEGIN_AND_END_SECONDS) * 1_000,
  );
}

NEEDS.reduce((inner, describeWhere) => () => describeWhere('in a long run', inner), tests)();
