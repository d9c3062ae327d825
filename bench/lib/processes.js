// Contenders as separate processes, each configured by one JSON argument.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onContenderCore } from './cores.js';

const running = new Set();

const here = join(import.meta.dirname, '../..');

/**
 * Starts `contenders/<file>.js`; resolves, when it is ready, with what it reports and functions to ask and stop it.
 * @param how `root`: the clone whose contender and build it is; `flags` of Node
 */
export async function startContender(file, options = {}, { flags = [], root = here } = {}) {
  const [command, ...before] = onContenderCore;
  const path = join(root, 'bench/contenders', `${file}.js`);
  const child = spawn(command, [...before, ...flags, path, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  endWithBench(child);
  const waiting = [];
  const nextMessage = () => new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  child.on('message', (message) => waiting.shift()?.resolve(message));
  const exited = new Promise((resolve) => {
    child.once('exit', (code) => {
      const error = new Error(`The contender ${file} ${JSON.stringify(options)} ended with code ${code}.`);
      for (const { reject } of waiting) reject(error);
      resolve();
    });
  });

  const ready = await nextMessage();
  return {
    ...ready,
    /** Makes the contender do one of the things it offers, such as `cpu` or `memory`. */
    async ask(what, argument) {
      child.send({ what, argument });
      const { result, error } = await nextMessage();
      if (error) throw new Error(error);
      return result;
    },
    async stop() {
      if (running.has(child)) child.disconnect();
      await exited;
    },
  };
}

/** Makes `killContenders` end this process, too. */
export function endWithBench(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

export function killContenders() {
  for (const child of running) child.kill('SIGKILL');
}
