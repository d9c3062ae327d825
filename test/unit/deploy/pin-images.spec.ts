import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithUnixTools, textOf } from './deploy-files.js';

const SCRIPT = join(import.meta.dirname, '../../../deploy/pin-images.sh');
const [OLD, NEW] = ['0', 'a'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-pin-'));
  mkdirSync(join(folder, 'deploy'));
  cpSync(SCRIPT, join(folder, 'deploy/pin-images.sh'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it with a docker that knows one digest, or that says what it is told to. */
function pin(file: string, content: string, answer = NEW): string {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  writeFileSync(join(folder, file), content, { mode: 0o640 });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  execFileSync('sh', [join(folder, 'deploy/pin-images.sh'), file], { env, stdio: 'pipe' });
  return readFileSync(join(folder, file), 'utf8');
}

describeWithUnixTools('deploy/pin-images.sh', () => {
  it('writes the digest next to the version, and replaces an old one', () => {
    const yaml = (digest: string) =>
      `a:\n  image: postgres:18.6${digest}\nb:\n    image: redis:8\nc:\n  build: .\n`;
    const pinned = `a:\n  image: postgres:18.6@${NEW}\nb:\n    image: redis:8@${NEW}\nc:\n  build: .\n`;
    expect(pin('compose.yml', yaml(''))).toBe(pinned);
    expect(pin('compose.yml', yaml(`@${OLD}`))).toBe(pinned);
  });

  it('does so in a Dockerfile, and keeps the mode of the file', () => {
    const file = `# x\nARG NODE_IMAGE=node:24.1.0-bookworm-slim@${OLD}\nFROM \${NODE_IMAGE}\n`;
    expect(pin('Dockerfile', file)).toBe(file.replace(OLD, NEW));
    expect(statSync(join(folder, 'Dockerfile')).mode & 0o777).toBe(0o640);
  });

  it('does not take another image for this one', () => {
    expect(pin('compose.yml', `  image: a.b:1\n  image: aXb:1@${OLD}\n`)).toBe(
      `  image: a.b:1@${NEW}\n  image: aXb:1@${NEW}\n`,
    );
  });

  it('changes nothing if the registry gives no digest', () => {
    expect(() => pin('compose.yml', '  image: redis:8\n', '<no value>')).toThrow('No digest for redis:8');
    expect(readFileSync(join(folder, 'compose.yml'), 'utf8')).toBe('  image: redis:8\n');
  });

  it('leaves alone what is built here, and finds every other image', () => {
    const images = [
      'Dockerfile',
      'docker-compose.yml',
      'deploy/compose.production.yml',
      'deploy/compose.pgbouncer.yml',
    ]
      .flatMap((file) => [...textOf(file).matchAll(/^(?: *image: |ARG NODE_IMAGE=)(\S+)$/gm)])
      .map(([, image]) => image!);
    for (const image of images) expect(image).toMatch(/^latchkey:|@sha256:[0-9a-f]{64}$/);
    expect(textOf('deploy/pin-images.sh')).toContain('deploy/compose.pgbouncer.yml');
  });
});
