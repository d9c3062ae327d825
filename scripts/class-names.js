// The names of classes stand in errors, and Nest and TypeORM use them. esbuild numbers a name that occurs twice, and puts an
// underscore before that of a class that mentions itself.

/** Returns the text with the names of before. Only for code in which nothing else has the changed names. */
export function withClassNames(text) {
  const mentioned = [...text.matchAll(/\b(\w+)\s?=\s?class\s_\1\b/g)].map(([, name]) => name);
  return mentioned
    .reduce((code, name) => code.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name), text)
    .replaceAll(/\b(\w+?)(_1)?\s?=\s?class\s\1\d+\b/g, '$1$2=class $1');
}

const UNDERSCORED = /\b(\w+)\d*\s?=\s?class\s_\1\b/;
const NUMBERED = /\b(\w+)(?:_1)?\s?=\s?class\s\1\d+\b/;
const PARENT = /(?:\s+extends\s+[\w.$]+(?:\([\w.$"', ]*\))?)?\s?\{/;

/** Returns the text with classes that say their name of before, for any code. */
export function withNamedClasses(text) {
  return [UNDERSCORED, NUMBERED].reduce(
    (code, { source }) =>
      code.replaceAll(
        new RegExp(source + PARENT.source, 'g'),
        '$&static{Object.defineProperty(this,"name",{value:"$1",configurable:true})}',
      ),
    text,
  );
}

/** The names of classes: their own, or else that of the variable. */
export function classesOf(text) {
  const names = /\bclass\s(?!extends\b)(\w+)|\b(\w+)\s?=\s?class(?=\s?\{|\sextends\b)/g;
  return [...text.matchAll(names)].map(([, name, variable]) => name ?? variable);
}
