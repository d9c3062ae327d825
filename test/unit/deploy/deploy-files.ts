import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { VARIABLES } from '../../../src/settings/variables.js';
import { describeWhere } from '../../support/describe-where.js';

const ROOT = join(import.meta.dirname, '../../..');

/** `describe` for tests of shell scripts, which need more than Node. */
export const describeWithUnixTools = describeWhere({
  present: spawnSync('sed', ['-E', 's/a/b/', '/dev/null']).status === 0,
  missing: 'There is no sed on the PATH: run them on a machine with the usual Unix tools.',
  skipped: 'the tests of shell scripts in deploy/',
});

/** The content of a file of the repository. */
export const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Every file of a folder and of the folders in it, by its path in the repository. */
export const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));

/** A Kubernetes object, as far as the tests look into it. */
export interface Manifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    replicas: number;
    maxUnavailable?: number;
    selector: Record<string, string>;
    template: { metadata: { labels: Record<string, string>; annotations?: object }; spec: PodSpec };
    jobLabel?: string;
    endpoints?: { path: string; authorization: { credentials: { name: string; key: string } } }[];
  };
}

interface Probe {
  httpGet: { path: string; port: string };
}

export interface PodSpec {
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds?: number;
  imagePullSecrets?: unknown[];
  securityContext: Record<string, unknown>;
  containers: {
    image: string;
    command?: string[];
    env?: { name: string; value?: string }[];
    envFrom?: { configMapRef?: { name: string }; secretRef?: unknown }[];
    livenessProbe: Probe;
    readinessProbe: Probe;
    startupProbe: Probe;
    securityContext: object;
    volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
    resources: { requests: object; limits: Record<string, string> };
  }[];
  volumes: { name: string; secret?: { secretName: string; defaultMode: number }; emptyDir?: object }[];
}

/** The documents of YAML text as Kubernetes and Docker read it, without empty ones. */
export const documentsOf = (text: string) =>
  loadAll(text, { schema: YAML11_SCHEMA }).filter((it) => it !== null && it !== undefined) as Manifest[];

const OBJECTS = /^deploy\/kubernetes\/(?!.*kustomization\.yaml$|secret\.example)/;

/** The objects of `deploy/kubernetes`, but for the example of a Secret. */
export const manifests = (): Manifest[] =>
  filesIn('deploy/kubernetes')
    .filter((file) => OBJECTS.test(file))
    .flatMap((file) => documentsOf(textOf(file)));

export const byName = (all: Manifest[]) =>
  Object.fromEntries(all.map((it) => [`${it.kind}/${it.metadata.name}`, it]));

/** The variables whose values nobody may read, by their names: a new one is found here. */
export const SECRET_VARIABLES = VARIABLES.map(({ name }) => name).filter((name) =>
  /_(SECRET|TOKEN|PEPPER|PRIVATE_KEY|PASSWORD)$|^(DATABASE|REDIS|SMTP)_(\w+_)?URL$|^DATABASE_SHARDS$/.test(
    name,
  ),
);
