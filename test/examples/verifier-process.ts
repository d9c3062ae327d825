import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const EXAMPLES = join(import.meta.dirname, '../../examples');
/** Where Debian's packages are; the PATH may name another Python first. */
const PYTHON = '/usr/bin/python3';

export interface Example {
  name: string;
  command: [string, string];
  algorithms: string[];
}

const node = (name: string, algorithms = ['ES256', 'RS256', 'EdDSA']): Example => ({
  name,
  command: [process.execPath, `${name}/server.js`],
  algorithms,
});

const python = (name: string, file: string): Example => ({
  name,
  command: [PYTHON, `${name}/${file}`],
  algorithms: ['ES256', 'RS256', 'EdDSA'],
});

const nodeExamples = [
  node('express-jose'),
  node('hono'),
  node('express-jwt', ['ES256', 'RS256']), // jsonwebtoken has no EdDSA
  node('fastify-jwt'),
  node('next-edge'),
];

export const examples: Example[] = [...nodeExamples, ...pythonExamples()];

/** Skipped with one clear message if the packages are missing, which is a failure in CI. */
function pythonExamples(): Example[] {
  try {
    execFileSync(PYTHON, ['-c', 'import fastapi, uvicorn, flask, jwt, cryptography'], { stdio: 'ignore' });
    return [python('fastapi', 'main.py'), python('flask', 'app.py')];
  } catch (error) {
    const packages = 'python3-fastapi python3-uvicorn python3-flask python3-jwt python3-cryptography';
    if (process.env.CI === 'true')
      throw new Error(`Python packages are absent: ${packages}`, { cause: error });
    console.warn(`Skipped: the Python examples, because these packages are absent: ${packages}`);
    return [];
  }
}

export interface RunningExample {
  url: string;
  end(): Promise<void>;
}

/** Runs an example as a separate process on a free port, and waits until it is listening. */
export async function startExample(
  { command: [program, file] }: Example,
  settings: Record<string, string>,
): Promise<RunningExample> {
  const { PATH, HOME } = process.env;
  const child = spawn(program, [file], {
    cwd: EXAMPLES,
    env: { PATH, HOME, PORT: '0', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /(?:listens|running) on (http:\/\/127\.0\.0\.1:\d+)/i.exec(output) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}:\n${output}`)));
  });
  return {
    url,
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
