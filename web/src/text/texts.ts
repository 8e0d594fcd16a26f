import { en, type Texts } from './en';
import { locale } from './format';

export const t: Texts = en;

const rules = new Intl.PluralRules(locale);

/** A text with its `{places}` filled in. */
export const fill = (text: string, said: Record<string, string | number>) =>
  text.replace(/\{(\w+)\}/g, (all, name) => String(said[name] ?? all));

/** A note of the API as a sentence: with its full stop, and one only. */
export const sentence = (note: string) => (/[.!?]$/.test(note) ? note : `${note}.`);

/** One of the forms of a text that counts something. */
export const count = (forms: { one: string; other: string }, n: number, said: Record<string, string | number> = {}) =>
  fill(rules.select(n) === 'one' ? forms.one : forms.other, { n, ...said });
