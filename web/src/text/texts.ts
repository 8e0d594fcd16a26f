import { en, type Texts } from './en';
import { locale } from './format';

export const t: Texts = en;

const rules = new Intl.PluralRules(locale);

/** A text with its `{places}` filled in. */
export const fill = (text: string, said: Record<string, string | number>) =>
  text.replace(/\{(\w+)\}/g, (all, name) => String(said[name] ?? all));

/** A note of the API as a sentence: with a capital, and with one full stop. What begins with a name (win_rate) stays as it is. */
export function sentence(note: string): string {
  const first = /^[a-z_]+_/.test(note) ? note : note.charAt(0).toLocaleUpperCase(locale) + note.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** One of the forms of a text that counts something. */
export const count = (forms: { one: string; other: string }, n: number, said: Record<string, string | number> = {}) =>
  fill(rules.select(n) === 'one' ? forms.one : forms.other, { n, ...said });
