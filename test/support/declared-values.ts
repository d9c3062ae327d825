import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The names that a file of declarations exports as values, sorted. Knows only the files next to it, no packages. */
export function declaredValues(file: string): string[] {
  const options = { noLib: true, types: [] };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) => literals.map(({ text }) => siblingOf(from, text));
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => !isTypeOnly(symbol) && isValue(symbol, checker))
    .map(({ name }) => name)
    .toSorted();
}

function siblingOf(from: string, name: string): ts.ResolvedModuleWithFailedLookupLocations {
  if (!name.startsWith('.')) return { resolvedModule: undefined };
  const resolvedFileName = join(dirname(from), name.replace(/\.js$/, '.d.ts'));
  return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts } };
}

function isTypeOnly({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => ts.isTypeOnlyImportOrExportDeclaration(declaration));
}

function isValue(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const isAlias = symbol.flags & ts.SymbolFlags.Alias;
  const { flags } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  return (flags & ts.SymbolFlags.Value) !== 0;
}
