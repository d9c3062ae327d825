import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const GUIDES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

interface Block {
  guide: string;
  line: number;
  language: string;
  code: string;
}

function blocksOf(guide: string): Block[] {
  const text = readFileSync(join(ROOT, guide), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    guide,
    line: text.slice(0, index).split('\n').length,
    language: language!,
    code: code!,
  }));
}

const blocks = GUIDES.flatMap(blocksOf);

/** What the guides import that is not here: a host's own modules, and Next.js. */
const ELSEWHERE: Record<string, string> = {
  'orders.module.ts': 'export class OrdersModule {}',
  'next.d.ts': `
    declare module 'next' { export interface NextConfig { skipProxyUrlNormalize?: boolean; turbopack?: { root: string } } }
    declare module 'next/server' { export const NextResponse: import('latchkey/next').NextResponseLike; }
    declare module 'next/headers' { export function cookies(): Promise<import('latchkey/next').CookiesLike>; }
    declare module 'next/navigation' { export function redirect(url: string): never; }`,
};

/** Where a block belongs: the file its first line names, or one of its own. */
function fileOf({ guide, line, language, code }: Block): string {
  const [, named] = /^\/\/ ([\w/.-]+\.tsx?)\b/.exec(code) ?? [];
  return named ?? `${guide.replaceAll('/', '-')}-${line}.${language}`;
}

/** Compiles the blocks as a host's files, each a module of its own, and returns what the compiler says. */
function compile(sources: Block[]): string[] {
  const app = join(ROOT, 'guides');
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const blocksByFile = sources.map((block) => [fileOf(block), `${block.code}\nexport {};\n`]);
  const files = new Map(
    [...Object.entries(ELSEWHERE), ...blocksByFile].map(([name, code]) => [join(app, name!), code!]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  host.directoryExists = (name) => name.startsWith(app) || directoryExists!.call(host, name);
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, target, ...rest) =>
    files.has(name)
      ? ts.createSourceFile(name, files.get(name)!, target)
      : getSourceFile.call(host, name, target, ...rest);
  const program = ts.createProgram(
    [...files.keys()],
    {
      ...options,
      rootDir: ROOT,
      noUnusedLocals: false,
      noUnusedParameters: false,
      lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      noEmit: true,
    },
    host,
  );
  return [...files.keys()].flatMap((name) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(name)).map((diagnostic) => {
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
      return `${name.slice(app.length + 1)}: ${message}`;
    }),
  );
}

describe('the guides', () => {
  it('name the language of every code block, so that it can be checked', () => {
    const known = new Set(['ts', 'tsx', 'js', 'json', 'console', 'sh', 'sql', 'text', 'yaml', 'python']);
    expect(blocks.filter(({ language }) => !known.has(language))).toEqual([]);
  });

  it('hold TypeScript that compiles against the package', () => {
    expect(compile(blocks.filter(({ language }) => language === 'ts'))).toEqual([]);
  }, 120_000);

  it('would notice code that does not compile', () => {
    const code = `import { JwtAuthGuard } from 'latchkey';\nnew JwtAuthGuard().nonsense();\n`;
    expect(compile([{ guide: 'x', line: 1, language: 'ts', code }])).not.toEqual([]);
  }, 120_000);

  it('hold the examples as they are', () => {
    const check = () => execFileSync(process.execPath, [join(ROOT, 'scripts/embed-examples.js'), '--check']);
    expect(check).not.toThrow();
  });

  it('name only npm scripts and files that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const texts = GUIDES.map((guide) => readFileSync(join(ROOT, guide), 'utf8'));
    const named = texts.flatMap((text) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!));
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
    const linked = GUIDES.flatMap((guide) => {
      const folder = guide.includes('/') ? 'docs' : '.';
      const text = readFileSync(join(ROOT, guide), 'utf8');
      return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, path]) => join(ROOT, folder, path!));
    });
    expect(linked.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('hold JSON that can be read', () => {
    const json = blocks.filter(({ language }) => language === 'json');
    expect(() => json.forEach(({ code }) => JSON.parse(code))).not.toThrow();
  });
});
