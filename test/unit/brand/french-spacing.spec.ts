import { frenchSpacing } from '../../../src/brand/french-spacing.js';
import { fr as mails } from '../../../src/mail/texts.fr.js';
import { TEXTS } from '../../../src/service/pages/texts/texts.js';

it('a narrow no-break space stands before the marks that have one in French, however deep inside', () => {
  const set = frenchSpacing({
    a: ['Oui ? Non !'],
    b: { c: (name: string) => `${name} : ça` },
    d: 7,
    e: null,
  });
  expect(set.a).toEqual(['Oui\u202F? Non\u202F!']);
  expect(set.b.c('Ada')).toBe('Ada\u202F: ça');
  expect([set.d, set.e]).toEqual([7, null]);
  expect(frenchSpacing('ada@example.com: 12:34')).toBe('ada@example.com: 12:34');
});

it('the pages and mails in French are set so', () => {
  const values = { brand: 'X', newEmail: 'a@b.example', notice: 'factor-added', what: 'Y' } as never;
  const texts = [
    JSON.stringify(TEXTS.fr),
    ...Object.values(mails.templates).map((write) => JSON.stringify(write(values))),
  ];
  for (const text of texts) expect(text.match(/.{9} [;:!?].{0,9}/u)).toBeNull();
  expect(TEXTS.fr.flows.forgot.title).toBe('Mot de passe oublié\u202F?');
  expect(mails.templates['verify-email'](values).notYou).toContain('Ce n’était pas vous\u202F?');
});
