import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HealthController } from '../../../src/service/health/health.controller.js';
import { VARIABLES } from '../../../src/settings/variables.js';
import {
  byName,
  describeWithUnixTools,
  documentsOf,
  type Manifest,
  manifests,
  SECRET_VARIABLES,
  textOf,
} from './deploy-files.js';

const ROOT = join(import.meta.dirname, '../../..');
const objects = byName(manifests());
const service = objects['Deployment/latchkey']!;
const migration = objects['Job/latchkey-migrate']!;
const pods = [service, migration].map(({ spec }) => spec.template.spec);
const config = objects['ConfigMap/latchkey']!.data!;
/** Not for the service, which may have several tokens. */
const FOR_PROMETHEUS = 'PROMETHEUS_TOKEN';
const SECRET = /SECRET|PASSWORD|PEPPER|TOKEN|_KEY|^DATABASE_URL|^DATABASE_SHARDS|^REDIS_URL/;

/** Being added to the settings. */
const KNOWN = new Set(VARIABLES.map(({ name }) => name));
const isKnown = (name: string) => KNOWN.has(name) || KNOWN.has(name.replace(/_FILE$/, ''));

describe('the Kubernetes manifests', () => {
  it('are one service with its configuration, its budget and its network, a migration and a monitor', () => {
    expect(Object.keys(objects).sort()).toEqual([
      'ConfigMap/latchkey',
      'Deployment/latchkey',
      'Job/latchkey-migrate',
      'NetworkPolicy/latchkey',
      'PodDisruptionBudget/latchkey',
      'Service/latchkey',
      'ServiceMonitor/latchkey',
    ]);
  });

  it('run two instances or more, of which a drained node takes one', () => {
    expect(service.spec.replicas).toBeGreaterThanOrEqual(2);
    expect(objects['PodDisruptionBudget/latchkey']!.spec.maxUnavailable).toBe(1);
    expect(service.spec).toMatchObject({
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: { spec: { topologySpreadConstraints: expect.anything() } },
    });
  });

  it('probe paths that the service has: restarts depend on liveness, requests on readiness', () => {
    const path = (method: 'live' | 'ready') => {
      const handler = HealthController.prototype[method];
      return `/${Reflect.getMetadata('path', HealthController)}/${Reflect.getMetadata('path', handler)}`;
    };
    const [{ livenessProbe, readinessProbe, startupProbe } = {}] = service.spec.template.spec.containers;
    expect(livenessProbe!.httpGet).toEqual({ path: path('live'), port: 'http' });
    expect(startupProbe!.httpGet).toEqual({ path: path('live'), port: 'http' });
    expect(readinessProbe!.httpGet).toEqual({ path: path('ready'), port: 'http' });
  });

  it('leave 10 s or more after SHUTDOWN_DELAY', () => {
    const delay = Number(/^(\d+)s$/.exec(config.SHUTDOWN_DELAY!)![1]);
    const { terminationGracePeriodSeconds: grace } = service.spec.template.spec;
    expect(grace!).toBeGreaterThanOrEqual(delay + 10);
  });

  it.each(pods)('run without root, capabilities, a writable root or a token of the cluster', (pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
    const [container] = pod.containers;
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container!.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: expect.anything() });
    expect(container!.resources.limits.memory).toBeDefined();
  });

  it.each(pods)('read secrets from files alone, which the group of the process may read', (pod) => {
    const { volumeMounts, env = [], envFrom = [] } = pod.containers[0]!;
    expect(volumeMounts).toContainEqual({
      name: 'secrets',
      mountPath: '/run/secrets/latchkey',
      readOnly: true,
    });
    const volume = pod.volumes.find(({ name }) => name === 'secrets');
    expect(volume!.secret!.defaultMode).toBe(0o440);
    expect(pod.securityContext.fsGroup).toBeGreaterThan(0);
    for (const source of envFrom) expect(source).toEqual({ configMapRef: { name: 'latchkey' } });
    for (const each of env) expect(each).toEqual({ name: expect.any(String), value: expect.any(String) });
  });

  it('set only variables that exist, and secrets only as files of the Secret', () => {
    const secrets = byName(documentsOf(textOf('deploy/kubernetes/secret.example.yaml')));
    const used = (volume: string) =>
      Object.keys(secrets[`Secret/${volume}`]!.stringData!).filter((key) => key !== FOR_PROMETHEUS);
    const check = (values: [string, string][], keys: string[]) => {
      const files = values.filter(([name]) => SECRET.test(name) && name !== 'PASSWORD_MIN_LENGTH');
      expect(files).toEqual(keys.map((key) => [`${key}_FILE`, `/run/secrets/latchkey/${key}`]));
      expect(values.filter(([name]) => !isKnown(name))).toEqual([]);
    };
    check(Object.entries(config), used('latchkey'));
    const env = migration.spec.template.spec.containers[0]!.env!;
    check(
      env.map(({ name, value }) => [name, value!]),
      used('latchkey-migrate'),
    );
  });

  it.each(SECRET_VARIABLES)('name the secret %s where secrets are created, and how to change it', (name) => {
    expect(textOf('deploy/kubernetes/secret.example.yaml')).toMatch(new RegExp(`\\b${name}\\b`));
    const table = textOf('docs/operations.md')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const isChanged = table.some((line) => line.split('|')[1]!.includes(`\`${name}\``));
    expect(isChanged).toBe(true);
  });

  it('show the Secret without a value', () => {
    const secrets = documentsOf(textOf('deploy/kubernetes/secret.example.yaml'));
    for (const { stringData } of secrets) expect(new Set(Object.values(stringData!))).toEqual(new Set(['']));
  });

  it('send requests to instances, and none to a migration', () => {
    const { selector } = objects['Service/latchkey']!.spec;
    const has = ({ spec }: Manifest) =>
      Object.entries(selector).every(([name, value]) => spec.template.metadata.labels[name] === value);
    expect([has(service), has(migration)]).toEqual([true, false]);
  });

  it('migrate with the command of the image, and not in the service', () => {
    expect(migration.spec.template.spec.containers[0]!.command).toEqual(['latchkey', 'migrate']);
    expect(config.MIGRATE).toBe('off');
  });

  it('name the image by version in both kustomizations, and never latest', () => {
    const files = ['deploy/kubernetes/kustomization.yaml', 'deploy/kubernetes/migrate/kustomization.yaml'];
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    for (const file of files) expect(textOf(file)).toContain(`newTag: ${version}\n`);
    expect(pods.map((pod) => pod.containers[0]!.image)).toEqual(['latchkey', 'latchkey']);
  });

  it('name every file in a kustomization', () => {
    const named = ['', 'migrate/', 'monitoring/'].flatMap((folder) => {
      const [{ resources }] = documentsOf(
        textOf(`deploy/kubernetes/${folder}kustomization.yaml`),
      ) as unknown as [{ resources: string[] }];
      return resources.flatMap((file) => documentsOf(textOf(`deploy/kubernetes/${folder}${file}`)));
    });
    expect(byName(named)).toEqual(objects);
  });

  it('scrape the metrics with one token of the Secret, under the name that the alerts use', () => {
    expect(objects['ServiceMonitor/latchkey']!.spec.jobLabel).toBe('app.kubernetes.io/name');
    expect(objects['Service/latchkey']!.metadata.labels!['app.kubernetes.io/name']).toBe('latchkey');
    expect(textOf('deploy/prometheus-alerts.yml')).toContain('job="latchkey"');
    const secrets = byName(documentsOf(textOf('deploy/kubernetes/secret.example.yaml')));
    expect(secrets['Secret/latchkey']!.stringData).toHaveProperty(FOR_PROMETHEUS);
    const [endpoint] = objects['ServiceMonitor/latchkey']!.spec.endpoints!;
    expect(endpoint).toMatchObject({
      path: '/metrics',
      authorization: { credentials: { name: 'latchkey', key: FOR_PROMETHEUS } },
    });
  });
});

describeWithUnixTools('the comment on alerts for Kubernetes', () => {
  it('has a command that makes a PrometheusRule of all alerts', () => {
    const comment = textOf('deploy/kubernetes/monitoring/kustomization.yaml').replaceAll(/^# ?/gm, '');
    const [, command] = /(\(printf[^]*?\)) \| kubectl/.exec(comment)!;
    const { stdout } = spawnSync('sh', ['-c', command!], { cwd: ROOT, encoding: 'utf8' });
    const [alerts] = documentsOf(textOf('deploy/prometheus-alerts.yml'));
    expect(documentsOf(stdout)).toEqual([
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: { name: 'latchkey' },
        spec: alerts,
      },
    ]);
  });
});
