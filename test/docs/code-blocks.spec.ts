import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import ts from 'typescript';
import { type Block, blocksOf, guides, readGuide } from '../../scripts/guide-blocks.js';

const ROOT = join(import.meta.dirname, '../..');
const blocks = guides.flatMap(blocksOf);
const blocksIn = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

/** Modules that the guides import and that do not exist here: a host's own, and Next.js. */
const ELSEWHERE: Record<string, string> = {
  'orders.module.ts': 'export class OrdersModule {}',
  'src/app.service.ts': 'export class AppService { getHello() { return `Hello`; } }',
  'drizzle-schema.ts': `export * from '../drizzle-schema.js';`,
  'next.d.ts': `
    declare module 'next' { export interface NextConfig { skipProxyUrlNormalize?: boolean; turbopack?: { root: string } } }
    declare module 'next/server' { export const NextResponse: import('latchkey/next').NextResponseLike; }
    declare module 'next/headers' { export function cookies(): Promise<import('latchkey/next').CookiesLike>; }
    declare module 'next/navigation' { export function redirect(url: string): never; }`,
};

/** Where a block belongs: the file named in its first line, or otherwise a separate one. */
function fileOf({ guide, line, language, code }: Block): string {
  const [, named] = /^\/\/ ([\w/.-]+\.tsx?)\b/.exec(code) ?? [];
  return named ?? `${guide.replaceAll('/', '-')}-${line}.${language}`;
}

/** Packages parsed for the previous compilation: parsing takes most of the time. */
const readBefore = new Map<string, ts.SourceFile | undefined>();

/** Compiles the blocks as a host's files, each as a separate module, and returns the compiler's messages. */
function compile(sources: Block[]): string[] {
  // The packages that the guides on extending and on Next.js use are found here.
  const app = join(ROOT, 'examples/extending/guides');
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
  host.getSourceFile = (name, target, ...rest) => {
    if (files.has(name)) return ts.createSourceFile(name, files.get(name)!, target);
    if (!readBefore.has(name)) readBefore.set(name, getSourceFile.call(host, name, target, ...rest));
    return readBefore.get(name);
  };
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
      jsx: ts.JsxEmit.ReactJSX,
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

/** The lines of a guide that start or end a block, whatever their indentation. */
const fencesIn = (guide: string) => readGuide(guide).match(/^[\s>]*(?:`{3,}|~{3,}).*$/gm) ?? [];

function syntaxErrors({ guide, line, code }: Block): string[] {
  const { diagnostics = [] } = ts.transpileModule(code, {
    fileName: 'block.js',
    reportDiagnostics: true,
    compilerOptions: { allowJs: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  return diagnostics.map(
    ({ messageText }) => `${guide}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

describe('the guides', () => {
  it('give every code block a language that is checked', () => {
    // console: npm run check:readme. sh, bash, sql: commands.spec.ts. text, mermaid: not code, but a picture or an answer.
    // nginx, haproxy, lua, apache: test/examples runs the files that these blocks show.
    const known = new Set(
      'ts tsx js jsx json yaml console sh bash sql text mermaid nginx haproxy lua apache'.split(' '),
    );
    expect(blocks.filter(({ language }) => !known.has(language))).toEqual([]);
  });

  it.each(guides)('contain no block that the checks miss, such as an indented one: %s', (guide) => {
    expect(fencesIn(guide)).toHaveLength(2 * blocksOf(guide).length);
  });

  it('contain TypeScript that compiles against the package', () => {
    expect(compile(blocksIn('ts', 'tsx'))).toEqual([]);
  }, 120_000);

  it('a block that does not compile is noticed', () => {
    const wrong = [
      ['ts', `import { JwtAuthGuard } from 'latchkey';\nJwtAuthGuard.nonsense();\n`],
      ['tsx', `export const page = <p>{nobody.email}</p>;\n`],
      ['tsx', `export const page = <p onClick="no function" />;\n`],
    ] as const;
    const found = compile(wrong.map(([language, code], line) => ({ guide: 'x', line, language, code })));
    expect(found.map((message) => message.slice(0, 6))).toEqual(['x-0.ts', 'x-1.ts', 'x-2.ts']);
  }, 120_000);

  it('contain JavaScript that parses', () => {
    expect(blocksIn('js', 'jsx').flatMap(syntaxErrors)).toEqual([]);
    expect(syntaxErrors({ guide: 'x', line: 1, language: 'js', code: 'const = 1;' })).not.toEqual([]);
  });

  it('contain JSON and YAML that parse', () => {
    expect(() => blocksIn('json').forEach(({ code }) => JSON.parse(code))).not.toThrow();
    expect(() => blocksIn('yaml').forEach(({ code }) => load(code))).not.toThrow();
  });

  it('contain the examples unchanged', () => {
    const check = () => execFileSync(process.execPath, [join(ROOT, 'scripts/embed-examples.js'), '--check']);
    expect(check).not.toThrow();
  });

  it('name only npm scripts and files that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = guides.flatMap((guide) =>
      [...readGuide(guide).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
    const linked = guides.flatMap((guide) =>
      [
        ...readGuide(guide)
          .replaceAll(/^```.*?^```$/gms, '')
          .matchAll(/\]\((?!https?:|#)([^)#\s]+)/g),
      ].map(([, path]) => join(ROOT, dirname(guide), path!)),
    );
    expect(linked.filter((path) => !existsSync(path))).toEqual([]);
  });
});
