import { anchorsIn, deadLinks, targetsIn } from '../../scripts/check-links.js';

function dead(pages: Record<string, string>, others: string[] = []) {
  return deadLinks([...Object.keys(pages), ...others], (page) => pages[page]!);
}

describe('the link check', () => {
  it('finds links and pictures in every spelling', () => {
    const markdown = [
      '[inline](a.md) ![picture](b.png "with a title") [in brackets](<c.md>)',
      '[by reference][d]',
      '[d]: d.md',
      '<img src="e.png"> <source srcset="f.png, g.png 2x"> <a href="h.md">h</a>',
      '[![a picture that is a link](i.png)](j.md)',
    ];
    const expected = ['a.md', 'b.png', 'c.md', 'd.md', 'e.png', 'f.png', 'g.png', 'h.md', 'i.png', 'j.md'];
    expect(targetsIn(markdown.join('\n\n')).toSorted()).toEqual(expected);
  });

  it('does not take anything in code for a link', () => {
    expect(targetsIn('`[a](a.md)` and ``[b](`b`.md)``\n\n```md\n[c](c.md)\n```\n')).toEqual([]);
    expect(targetsIn('`code` [a](a.md) `code`')).toEqual(['a.md']);
  });

  it('derives heading anchors as GitHub does', () => {
    const headings =
      '# A session, with `curl`\n## [Linked](x.md) text\n## Twice\n## Twice\n```sh\n# no heading\n```\n';
    expect([...anchorsIn(headings)]).toEqual(['a-session-with-curl', 'linked-text', 'twice', 'twice-1']);
    expect(anchorsIn('<a id="here"></a>')).toContain('here');
  });

  it('accepts links that lead somewhere', () => {
    const pages = {
      'README.md':
        '# Top\n[guide](docs/guide.md#part-two) [itself](#top) ![p](docs/p.png) [web](https://example.com/x)',
      'docs/guide.md': '## Part two\n[back](../README.md) [mail](mailto:nobody@example.com)',
    };
    expect(dead(pages, ['docs/p.png'])).toEqual([]);
  });

  it.each([
    ['a missing file', '[x](docs/none.md)', 'README.md: docs/none.md (there is no docs/none.md)'],
    ['a missing picture', '<img src="p.png">', 'README.md: p.png (there is no p.png)'],
    ['a folder', '[x](docs)', 'README.md: docs (there is no docs)'],
    ['a place outside', '[x](../other.md)', 'README.md: ../other.md (there is no ../other.md)'],
    [
      'a missing heading',
      '[x](docs/guide.md#none)',
      'README.md: docs/guide.md#none (docs/guide.md has no heading of this name)',
    ],
    [
      'a missing heading on the same page',
      '[x](#none)',
      'README.md: #none (README.md has no heading of this name)',
    ],
  ])('names %s', (_, text, expected) => {
    expect(dead({ 'README.md': text, 'docs/guide.md': '# Guide' })).toEqual([expected]);
  });

  it('checks every page, not only the README', () => {
    expect(dead({ 'README.md': '', 'docs/guide.md': '[x](none.md)' })).toEqual([
      'docs/guide.md: none.md (there is no docs/none.md)',
    ]);
  });
});
