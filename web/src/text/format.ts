/** Numbers, money and days as people of the reader's locale write them. A value that is not there is a dash, never 0. */
export const locale = navigator.language;
export const NONE = '–';

const made = new Map<string, Intl.NumberFormat>();
function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let one = made.get(key);
  if (!one) made.set(key, (one = new Intl.NumberFormat(locale, options)));
  return one;
}

export interface Shown {
  unit: string;
  display?: string | null;
  currency: string;
}

/** A KPI may show itself in percent or times: both are ratios. */
const isTimes = (how: Shown) => how.unit === 'times' || how.display === 'times';
const unitOf = (how: Shown) => (how.unit === 'percent' || how.unit === 'times' ? 'ratio' : how.unit);

/** As many digits as decide something: 1,600,550 EUR; 49.1 %; 12.3 days. `short` is for tight places: €1.60M. */
export function figure(value: number | null | undefined, how: Shown, short = false): string {
  if (value === null || value === undefined) return NONE;
  if (how.unit === 'money/day') return `${figure(value, { ...how, unit: 'money' }, short)} / d`;
  switch (unitOf(how)) {
    case 'money':
      return number({
        style: 'currency',
        currency: how.currency,
        currencyDisplay: 'narrowSymbol',
        ...(short && Math.abs(value) >= 10_000
          ? { notation: 'compact', maximumSignificantDigits: 3 }
          : { maximumFractionDigits: Math.abs(value) < 100 && value % 1 ? 2 : 0 }),
      }).format(value);
    case 'ratio':
      return isTimes(how)
        ? number({ maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value) + '×'
        : number({ style: 'percent', maximumFractionDigits: Math.abs(value) < 0.9995 ? 1 : 0 }).format(value);
    case 'days':
      return span(value);
    case 'count':
      return number({
        maximumFractionDigits: value % 1 ? 1 : 0,
        ...(short && Math.abs(value) >= 100_000 ? { notation: 'compact' } : {}),
      }).format(value);
    default:
      return number({ maximumSignificantDigits: 4 }).format(value);
  }
}

/** Days, or hours and minutes where they are fewer than one: a lead answered after 0.06 days was answered after 91 minutes. */
function span(days: number): string {
  const size = Math.abs(days);
  if (size === 0) return '0 d';
  if (size < 1 / 24) return `${number({ maximumFractionDigits: 0 }).format(days * 1440)} min`;
  if (size < 2) return `${number({ maximumFractionDigits: 1 }).format(days * 24)} h`;
  return `${number({ maximumFractionDigits: size < 10 ? 1 : 0 }).format(days)} d`;
}

export const percent = (share: number, digits = 0) => number({ style: 'percent', maximumFractionDigits: digits }).format(share);
/** How likely something is; what is nearly certain is not said to be. */
export const chance = (share: number) => (share > 0.995 ? '>' + percent(0.99) : share < 0.005 ? '<' + percent(0.01) : percent(share));
export const signed = (value: number, how: Shown, short = true) =>
  (value > 0 ? '+' : value < 0 ? '−' : '±') + figure(Math.abs(value), how, short);

/** How much a value moved, without its sign; a ratio by points, so that 2 pt is not taken for 2 % of it. */
export function moved(change: number, how: Shown): string {
  if (unitOf(how) !== 'ratio' || isTimes(how)) return figure(Math.abs(change), how, true);
  const points = Math.abs(change) * 100;
  const least = points > 0 && points < 0.05;
  return `${least ? '<' : ''}${number({ maximumFractionDigits: 1 }).format(least ? 0.1 : points)} pt`;
}

const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const moments = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const since = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

export const day = (text: string) => days.format(new Date(text));
export const dayShort = (text: string) => short.format(new Date(text));
export const time = (text: string) => clock.format(new Date(text));
export const moment = (text: string) => moments.format(new Date(text));

/** A period's last day: `end` is the first day no longer in it. */
export const lastDay = (end: string) => new Date(Date.parse(end) - 86_400_000).toISOString().slice(0, 10);

/** 26 hours ago. */
export function ago(text: string, now: number): string {
  const minutes = (Date.parse(text) - now) / 60_000;
  if (Math.abs(minutes) < 60) return since.format(Math.round(minutes), 'minute');
  if (Math.abs(minutes) < 48 * 60) return since.format(Math.round(minutes / 60), 'hour');
  return since.format(Math.round(minutes / 1440), 'day');
}
