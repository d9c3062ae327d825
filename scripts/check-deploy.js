// `npm run check:deploy`: checks deploy/kubernetes against the schemas of Kubernetes, and, where the tools are installed,
// that `kubectl kustomize` builds it and `helm lint` accepts the chart. `npm test` compares the chart with the manifests.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { installPackages } from './install-packages.js';

const root = join(import.meta.dirname, '..');
installPackages('scripts');

/** Without the kinds of kustomize and of the Prometheus operator, which are no part of Kubernetes. */
const OTHERS = new Set(['Kustomization', 'ServiceMonitor']);

let failed = false;
const say = (isFine, text) => {
  failed ||= !isFine;
  console.log(`${isFine ? 'fine  ' : 'FAILED'}  ${text}`);
};

async function checkObjects(from, text) {
  for (const object of loadAll(text).filter((it) => it && !OTHERS.has(it.kind))) {
    const name = `${from}: ${object.kind} ${object.metadata.name}`;
    try {
      const { [object.kind]: Kind } = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
      new Kind(object).validate();
      say(true, name);
    } catch (error) {
      say(false, `${name}: ${error.message}`);
    }
  }
}

/** `undefined` if the tool is not installed. */
function run(...command) {
  const { error, status, stdout, stderr } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    encoding: 'utf8',
  });
  if (error?.code === 'ENOENT') return void console.log(`skipped  ${command.join(' ')}: not installed`);
  say(status === 0, `${command.join(' ')}${status === 0 ? '' : `\n${stdout}${stderr}`}`);
  return status === 0 ? stdout : '';
}

const folder = join(root, 'deploy/kubernetes');
for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.yaml')))
  await checkObjects(file, readFileSync(join(folder, file), 'utf8'));

for (const each of ['', '/migrate', '/monitoring']) {
  const built = run('kubectl', 'kustomize', `deploy/kubernetes${each}`);
  if (built) await checkObjects(`kustomize${each}`, built);
}

run('helm', 'lint', '--strict', 'deploy/helm/latchkey');
const short = spawnSync(
  'helm',
  ['template', 'latchkey', 'deploy/helm/latchkey', '--set', 'terminationGracePeriodSeconds=19'],
  { cwd: root, encoding: 'utf8' },
);
if (!short.error)
  say(short.stderr.includes('at least 10 s more'), 'helm template refuses a grace period that is too short');
const rendered = run('helm', 'template', 'latchkey', 'deploy/helm/latchkey');
if (rendered) await checkObjects('helm', rendered);
process.exitCode = failed ? 1 : 0;
