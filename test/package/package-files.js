// package.json and tsconfig.json of a host, from its row in hosts.js.
const COMPILER = {
  target: 'ES2023',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strictPropertyInitialization: false,
  outDir: 'dist',
};

/** @param {import('./hosts.js').HostRow} host */
export function packageJsonOf(
  { name, nest = 12, adapter = 'express', typescript = '~6.0', typeorm = true, dependencies },
  tarball,
) {
  return {
    name,
    private: true,
    type: nest === 12 ? 'module' : 'commonjs',
    dependencies: {
      '@nestjs/common': `^${nest}`,
      '@nestjs/core': `^${nest}`,
      [`@nestjs/platform-${adapter}`]: `^${nest}`,
      latchkey: `file:${tarball}`,
      pg: '^8',
      'reflect-metadata': '^0.2',
      rxjs: '^7',
      ...(typeorm && { '@nestjs/typeorm': `^${nest}`, typeorm: nest === 12 ? '^1' : '^0.3' }),
      ...dependencies,
    },
    devDependencies: { '@types/node': '^20', typescript },
  };
}

/** @param {import('./hosts.js').HostRow} host */
export const tsconfigOf = ({ compiler }) => ({
  compilerOptions: { ...COMPILER, ...compiler },
  include: ['*.ts'],
});
