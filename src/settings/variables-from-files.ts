import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import type { Problem } from './read-variables.js';
import { VARIABLES } from './variables.js';

const MOST_BYTES = 65_536;

/**
 * The environment with the content of the file that `<NAME>_FILE` names in place of each variable `<NAME>`, as Docker
 * and Kubernetes mount secrets. Surrounding white space, such as the line break at the end, is not part of the value.
 */
export function withFiles(env: NodeJS.ProcessEnv): { env: NodeJS.ProcessEnv; problems: Problem[] } {
  const problems: Problem[] = [];
  const contents: NodeJS.ProcessEnv = {};
  for (const { name } of VARIABLES.filter((variable) => variable.name !== 'NODE_ENV')) {
    const variable = `${name}_FILE`;
    const path = env[variable]?.trim();
    if (!path) continue;
    if (env[name]?.trim())
      problems.push({ variable, message: `and ${name} are both set: remove one of them` });
    else {
      const { text, problem } = read(path);
      if (problem) problems.push({ variable, message: problem });
      contents[name] = text;
    }
  }
  return { env: { ...env, ...contents }, problems };
}

/** The message never quotes the path: a secret may have been put there by mistake. */
function read(path: string): { text?: string; problem?: string } {
  try {
    const file = statSync(path);
    if (!file.isFile()) return { problem: 'must be the path of a file' };
    if (file.size > MOST_BYTES) return { problem: `names a file of more than ${MOST_BYTES} bytes` };
    const content = readFileSync(path);
    if (!isUtf8(content) || content.includes(0)) return { problem: 'names a file that is not text in UTF-8' };
    const text = content
      .toString()
      .replace(/^\uFEFF/, '')
      .trim();
    return text ? { text } : { problem: 'names an empty file' };
  } catch (error) {
    return { problem: `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
