/** What to write in place of what was kept out, by the reason that the load gives. */
import { t } from '../../text/texts';

const advices: readonly (readonly [RegExp, keyof typeof t.data.advice])[] = [
  [/is no date/, 'date'],
  [/is no (number|amount|whole number)/, 'number'],
  [/is no currency/, 'currency'],
  [/already/, 'twice'],
  [/is empty/, 'empty'],
  [/neither yes nor no|is no yes or no/, 'flag'],
  [/is none of|is not one of/, 'oneOf'],
];

export const adviceOf = (reason: string | null): string => t.data.advice[advices.find(([says]) => says.test(reason ?? ''))?.[1] ?? 'other'];

/** A rejected row's fields, as its file has them; null where it could not be read as fields. */
export function fieldsOf(row: string | null): [string, string][] | null {
  try {
    const read: unknown = JSON.parse(row ?? '');
    if (typeof read !== 'object' || read === null) return null;
    return Object.entries(read).map(([name, value]) => [name, value === null ? '' : String(value)]);
  } catch {
    return null;
  }
}
