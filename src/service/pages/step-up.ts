import { answerForm, factorWays } from './answers.js';
import type { Factors } from './factors.js';
import { question } from './fields.js';
import type { Html } from './html.js';
import type { Texts } from './texts/en.js';

/** The question who is there, before something sensitive: `assets/step-up.js`. */
export function stepUp(texts: Texts, factors: Factors | undefined): Html {
  const { stepUp: title, confirm, cancel } = texts.flows.profile;
  const ways = ['password' as const, ...(factors ? factorWays(factors) : [])];
  return question('step-up', title, answerForm(texts, 'step-up-form', ways, confirm), cancel);
}
