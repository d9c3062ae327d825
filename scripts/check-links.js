// Checks the links and pictures of Markdown files within a set of files, such as those of the packed package, where
// nothing outside the set exists.
import { posix } from 'node:path';

const ELSEWHERE = /^([a-z][a-z\d+.-]*:|\/\/)/i;

/** The text without code, in which nothing is a link. */
const withoutCode = (markdown) =>
  markdown.replaceAll(/^(\s*)(`{3,}|~{3,})[^]*?^\s*\2.*$/gm, '').replaceAll(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, '');

/** Targets of links and pictures: inline, by reference, and in HTML. */
export function targetsIn(markdown) {
  const text = withoutCode(markdown);
  const inline = [...text.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+["'(][^)]*)?\)/g)].map(([, target]) => target);
  const references = [...text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm)].map(([, target]) => target);
  const attributes = [...text.matchAll(/\b(?:src|href)\s*=\s*["']([^"']+)["']/gi)].map(
    ([, target]) => target,
  );
  const sets = [...text.matchAll(/\bsrcset\s*=\s*["']([^"']+)["']/gi)].flatMap(([, set]) =>
    set.split(',').map((candidate) => candidate.trim().split(/\s+/)[0]),
  );
  return [...inline, ...references, ...attributes, ...sets];
}

/** The anchors of a page: those that GitHub derives from headings, and those set in HTML. */
export function anchorsIn(markdown) {
  const seen = new Map();
  const text = markdown.replaceAll(/^(\s*)(`{3,}|~{3,})[^]*?^\s*\2.*$/gm, '');
  const headings = [...text.matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const slug = heading
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/<[^>]+>/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  const named = [...text.matchAll(/\b(?:id|name)\s*=\s*["']([^"']+)["']/g)].map(([, name]) => name);
  return new Set([...headings, ...named]);
}

/**
 * One line for each broken link, with the file that contains it.
 * @param files their paths, with slashes
 * @param read returns the text of one of them
 */
export function deadLinks(files, read) {
  const known = new Set(files);
  const pages = files.filter((file) => file.endsWith('.md'));
  return pages.flatMap((page) => {
    const local = targetsIn(read(page)).filter((target) => !ELSEWHERE.test(target));
    return local.flatMap((target) => {
      const [path, anchor] = decodeURIComponent(target).split('#');
      const file = path === '' ? page : posix.join(posix.dirname(page), path);
      if (!known.has(file)) return [`${page}: ${target} (there is no ${file})`];
      if (!anchor || !file.endsWith('.md') || anchorsIn(read(file)).has(anchor)) return [];
      return [`${page}: ${target} (${file} has no heading of this name)`];
    });
  });
}
