// The declarations of the package in a few files instead of one for each module: an entry has one file, and what several
// entries share is in `types/`, so that it is one type for all of them. What no entry mentions is left out.
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

/**
 * Returns the files to write, as `{ path, text }` with paths relative to the folder of the package.
 * @param folder contains a declaration for each module
 * @param entries names of modules in it, without extension
 */
export async function bundleDeclarations(folder, entries) {
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry) => [entry, join(folder, `${entry}.d.ts`)])),
    external: (name) => !/^[./]/.test(name) && !name.startsWith(folder),
    plugins: [dts()],
    onwarn: refuse,
  });
  const { output } = await bundle.generate({
    format: 'es',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'types/shared.d.ts',
    minifyInternalExports: false,
    hoistTransitiveImports: false,
  });
  await bundle.close();
  return output.map(({ fileName, code }) => ({ path: fileName, text: withTabs(code) }));
}

/** Entries may mention types that they do not export: those are internal. Anything else is a fault of ours. */
function refuse({ message }) {
  if (!message.includes('references private shared type exports')) throw new Error(message);
}

/** Tabs pack smaller. */
function withTabs(text) {
  return text.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));
}
