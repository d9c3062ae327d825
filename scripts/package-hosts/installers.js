// The package managers that a host may use: how each installs, where its programs are, and how Node runs the result.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

const PNPM = 'pnpm@10';
const YARN = '@yarnpkg/cli-dist@4';

const inNodeModules = (folder, program, args, env) =>
  run(join(folder, 'node_modules/.bin', program), args, folder, env);

export const INSTALLERS = {
  npm: {
    install: (folder) =>
      run('npm', ['install', '--prefer-offline', '--silent', '--no-audit', '--no-fund'], folder),
    exec: inNodeModules,
    nodeArgs: [],
  },
  pnpm: {
    install: (folder) => run('npx', ['--yes', PNPM, 'install', '--prefer-offline', '--silent'], folder),
    exec: inNodeModules,
    nodeArgs: [],
  },
  /** Yarn 4: there is no node_modules, and a package can load only what it declares. */
  yarn: {
    async install(folder) {
      const settings = ['nodeLinker: pnp', 'enableTelemetry: false', 'enableGlobalCache: true'];
      writeFileSync(join(folder, '.yarnrc.yml'), `${settings.join('\n')}\n`);
      writeFileSync(join(folder, 'yarn.lock'), ''); // makes the folder a project
      await yarn(folder, ['install']);
    },
    exec: (folder, program, args, env) => yarn(folder, ['run', program, ...args], env),
    nodeArgs: ['--require', './.pnp.cjs'],
  },
};

function yarn(folder, args, env) {
  const settings = { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' }; // which CI would turn on
  return run('npx', ['--yes', `--package=${YARN}`, 'yarn', ...args], folder, { ...settings, ...env });
}
