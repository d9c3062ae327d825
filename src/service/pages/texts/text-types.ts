import type { AlertRule, AuthEventType } from '../../../index.js';

/** The forms of a text for a number, which stands in place of `{count}` (CLDR plural categories). */
export interface Plural {
  one: string;
  other: string;
}

/** The kinds of event that concern one account, so that its owner may see them. */
type OwnEvent = Exclude<
  AuthEventType,
  | 'all-sessions-ended'
  | 'users-imported'
  | 'key-rotated'
  | 'key-retired'
  | 'key-removed'
  | 'mail-failed'
  | 'alert'
>;

export type EventTexts = Record<OwnEvent, string>;
export type AlertTexts = Record<AlertRule, string>;

/** The shape of a catalog, with any text in place of its own. */
export type Wide<T> = T extends string ? string : { readonly [Name in keyof T]: Wide<T[Name]> };
