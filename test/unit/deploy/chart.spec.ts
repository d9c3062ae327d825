import { Ajv } from 'ajv';
import { parseDuration } from '../../../src/index.js';
import { VARIABLES } from '../../../src/settings/variables.js';
import {
  byName,
  documentsOf,
  filesIn,
  type Manifest,
  manifests,
  SECRET_VARIABLES,
  textOf,
} from './deploy-files.js';

const CHART = 'deploy/helm/latchkey';
const CHECKS = `${CHART}/templates/checks.yaml`;
type Values = Record<string, unknown>;
const defaults = () => documentsOf(textOf(`${CHART}/values.yaml`))[0] as unknown as Values;
const withValues = (values: Values): Values => ({ ...defaults(), ...values });

/**
 * The templates contain nothing but these, so that no Helm is needed to say what they make: a value, as it is, quoted or as JSON,
 * and a condition around a whole file. `checks.yaml` makes nothing, and may fail.
 */
const VALUE = /\{\{ (?:\.(\w+(?:\.\w+)*))( \| toJson)?( \| sha256sum)?( \| quote)? \}\}/g;
const CONDITION = /^\{\{- if \.(Values\.\w+\.enabled) \}\}\n([^]*)\{\{- end \}\}\n$/;

function render(values: Values, release = 'latchkey'): Manifest[] {
  const scope = { Values: values, Release: { Name: release }, Chart: { AppVersion: '0.1.0' } };
  const valueOf = (path: string) =>
    path.split('.').reduce((found, name) => (found as Values)[name], scope as unknown);
  const rendered = filesIn(`${CHART}/templates`)
    .filter((file) => file.endsWith('.yaml') && file !== CHECKS)
    .map((file) => {
      const [, condition, content = textOf(file)] = CONDITION.exec(textOf(file)) ?? [];
      if (condition && valueOf(condition) !== true) return '';
      const text = content.replaceAll(
        VALUE,
        (_, path: string, json?: string, sum?: string, quote?: string) => {
          const value = valueOf(path);
          expect([file, path, value]).not.toEqual([file, path, undefined]);
          if (sum) return '"a checksum"';
          expect([file, path, json ?? typeof value]).not.toEqual([file, path, 'object']);
          return json || quote ? JSON.stringify(value) : String(value);
        },
      );
      expect([file, text]).toEqual([file, expect.not.stringContaining('{{')]);
      return text;
    });
  return rendered.flatMap(documentsOf);
}

/** What only the chart has: hooks, a checksum that replaces the pods, and secrets for the registry. */
function withoutHelm(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest);
  delete copy.metadata.annotations;
  const template = copy.spec?.template;
  if (template) {
    delete template.metadata.annotations;
    delete template.spec.imagePullSecrets;
  }
  return copy;
}

const schema = JSON.parse(textOf(`${CHART}/values.schema.json`)) as object;
const accepts = new Ajv({ allowUnionTypes: true }).compile(schema);

describe('the Helm chart', () => {
  it('makes exactly the objects of deploy/kubernetes', () => {
    const all = withValues({ image: 'latchkey', serviceMonitor: { enabled: true } });
    expect(byName(render(all).map(withoutHelm))).toEqual(byName(manifests()));
  });

  it('migrates before the new pods start, and has the configuration replace the pods', () => {
    const objects = byName(render(defaults()));
    expect(objects['Job/latchkey-migrate']!.metadata.annotations).toMatchObject({
      'helm.sh/hook': 'pre-install,pre-upgrade',
    });
    expect(objects['Deployment/latchkey']!.spec.template.metadata.annotations).toEqual({
      'checksum/config': 'a checksum',
    });
  });

  it('migrates the shards too where the Job knows the file with their URLs', () => {
    const env = [
      { name: 'DATABASE_URL_FILE', value: '/run/secrets/latchkey/DATABASE_URL' },
      { name: 'DATABASE_SHARDS_FILE', value: '/run/secrets/latchkey/DATABASE_SHARDS' },
    ];
    const values = withValues({ migrate: { enabled: true, secretName: 'owner', env } });

    expect([accepts(values), accepts.errors]).toEqual([true, null]);
    expect(byName(render(values))['Job/latchkey-migrate']!.spec.template.spec.containers[0]!.env).toEqual(
      env,
    );
    const secret = [{ name: 'DATABASE_SHARDS', value: 'postgres://owner:password@one/latchkey' }];
    expect(accepts(withValues({ migrate: { enabled: true, secretName: 'owner', env: secret } }))).toBe(false);
  });

  it('leaves out what is not enabled', () => {
    const off = { enabled: false };
    const values = withValues({ migrate: off, networkPolicy: off, serviceMonitor: off });
    expect(render(values).map(({ kind }) => kind)).toEqual(
      expect.not.arrayContaining(['Job', 'NetworkPolicy', 'ServiceMonitor']),
    );
  });

  it('names everything after the release, so that a namespace can have several', () => {
    const objects = render(withValues({ serviceMonitor: { enabled: true } }), 'staff');
    for (const { metadata } of objects) {
      expect(metadata.name).toMatch(/^staff(-migrate)?$/);
      expect(metadata.labels!['app.kubernetes.io/instance']).toBe('staff');
    }
    const { spec } = byName(objects)['Deployment/staff']!.spec.template;
    expect(spec.containers[0]!.envFrom).toEqual([{ configMapRef: { name: 'staff' } }]);
  });

  it('uses every value, and has a schema that accepts the defaults', () => {
    const templates = filesIn(`${CHART}/templates`).map(textOf).join('\n');
    for (const name of Object.keys(defaults())) expect(templates).toContain(`.Values.${name}`);
    expect([accepts(defaults()), accepts.errors]).toEqual([true, null]);
  });

  it.each(SECRET_VARIABLES)('refuses %s among the values, and accepts its file', (name) => {
    const config = { PUBLIC_URL: 'https://a.example' };
    expect(accepts(withValues({ config: { ...config, [name]: 'x' } }))).toBe(false);
    expect(accepts(withValues({ config: { ...config, [`${name}_FILE`]: '/run/secrets/x' } }))).toBe(true);
  });

  it.each([
    ['a misspelled value', { replica: 3 }],
    ['no instance', { replicas: 0 }],
    ['an image without a version', { image: 'registry.example.com/latchkey' }],
    ['the latest image', { image: 'registry.example.com/latchkey:latest' }],
    ['a secret among the values', { config: { PUBLIC_URL: 'https://a.example', PASSWORD_PEPPER: 'x' } }],
    ['a number for a variable', { config: { PUBLIC_URL: 'https://a.example', PORT: 3000 } }],
    ['no public URL', { config: {} }],
    ['a grace period that is too short', { terminationGracePeriodSeconds: 5 }],
  ])('refuses %s', (_, values) => {
    expect(accepts(withValues(values))).toBe(false);
  });

  it('keeps a name that looks like a number a text', () => {
    const objects = render(
      withValues({
        secretName: '1',
        migrate: { enabled: true, secretName: '2', env: [] },
        serviceMonitor: { enabled: true },
      }),
    );
    const { 'Deployment/latchkey': service, 'Job/latchkey-migrate': migration } = byName(objects);
    const nameIn = ({ spec }: Manifest) => spec.template.spec.volumes[0]!.secret!.secretName;
    expect([nameIn(service!), nameIn(migration!)]).toEqual(['1', '2']);
    const [endpoint] = byName(objects)['ServiceMonitor/latchkey']!.spec.endpoints!;
    expect(endpoint!.authorization.credentials.name).toBe('1');
  });

  it('fails if a pod has less than 10 s after SHUTDOWN_DELAY, and has a default that does not', () => {
    const { config, terminationGracePeriodSeconds: grace } = defaults() as {
      config: Record<string, string>;
      terminationGracePeriodSeconds: number;
    };
    expect(grace).toBeGreaterThanOrEqual(parseDuration(config.SHUTDOWN_DELAY!)! + 10);
    const { default: delay } = VARIABLES.find(({ name }) => name === 'SHUTDOWN_DELAY')!;
    expect(textOf(CHECKS)).toContain(`.Values.config.SHUTDOWN_DELAY | default "${delay}"`);
    expect(textOf(CHECKS)).toContain('{{- fail ');
    // Everything trims the line before it, so that nothing is made.
    for (const line of textOf(CHECKS).trim().split('\n')) expect(line).toMatch(/^\{\{- .*\}\}$/);
  });

  it.each([`registry.example.com/latchkey@sha256:${'0'.repeat(64)}`, 'localhost:5000/latchkey:1.2.3'])(
    'accepts the image %s',
    (image) => expect(accepts(withValues({ image }))).toBe(true),
  );

  it('has the version of the package', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    const [chart] = documentsOf(textOf(`${CHART}/Chart.yaml`));
    expect(chart).toMatchObject({ apiVersion: 'v2', name: 'latchkey', version, appVersion: version });
    expect(defaults().image).toBe(`registry.example.com/latchkey:${version}`);
  });
});
