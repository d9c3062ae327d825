import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MAX_BUFFER = 64 * 1024 * 1024;

/** Runs a command without showing its output. @throws an error with all of the output when the command fails */
export async function run(command, args, cwd, env = {}) {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: MAX_BUFFER };
    return await promisify(execFile)(command, args, options);
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Does the work for every item, on so many lanes side by side. @throws the first error, once all lanes are idle */
export async function inLanes(lanes, items, work) {
  const waiting = [...items];
  const errors = [];
  const lane = async () => {
    while (waiting.length > 0 && errors.length === 0)
      await work(waiting.shift()).catch((error) => errors.push(error));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (errors.length > 0) throw errors[0];
}
