import { withNamedClasses } from '../../scripts/class-names.js';

describe('classes that esbuild has renamed', () => {
  it.each([
    ['mentions itself', 'var Found = class _Found { static like = () => new _Found() }; return Found'],
    ['mentions itself, in a variable with a number', 'var Found2=class _Found{};return Found2'],
    ['occurs twice', 'let Found = class Found2 { static like = () => new Found2() }; return Found'],
    ['is decorated and mentions itself', 'let Found;Found=Found_1=class Found2{};return Found;var Found_1'],
    ['extends another', 'class a{};var b={c:a};var Found=class Found2 extends b.c{};return Found'],
    [
      'extends what a function returns',
      'const a=(b)=>class{};var Found=class Found3 extends a("b"){};return Found',
    ],
  ])('have their name again: one that %s', (_, code) => {
    const found = new Function(withNamedClasses(code))() as new () => object;

    expect(found.name).toBe('Found');
    expect(new found().constructor.name).toBe('Found');
  });

  it.each(['var Found2=class Found2{};return Found2', 'class Found2{};return Found2'])(
    'keep a number that is theirs: %s',
    (code) => {
      expect((new Function(withNamedClasses(code))() as { name: string }).name).toBe('Found2');
    },
  );
});
