/** Which KPIs are meant by what somebody writes: every word is somewhere in what the KPI is called, answers or is made of. */
import type { Kpi } from '../../api/client';
import { t } from '../../text/texts';

const textOf = (kpi: Kpi) =>
  [kpi.name, kpi.title, kpi.question, kpi.formula, kpi.category, ...kpi.roles, ...kpi.business].filter(Boolean).join(' ').toLowerCase();

export function found(kpis: readonly Kpi[], words: string, category: string | null, role: string | null, business: string | null): Kpi[] {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean);
  return kpis.filter((kpi) => {
    if ((category && kpi.category !== category) || (role && !kpi.roles.includes(role))) return false;
    if (business && !kpi.business.includes(business)) return false;
    const text = textOf(kpi);
    return all.every((word) => text.includes(word));
  });
}

/** By category, in the order in which they come. */
export function categories(kpis: readonly Kpi[]): [string, Kpi[]][] {
  const by = new Map<string, Kpi[]>();
  for (const kpi of kpis) {
    const of = by.get(kpi.category ?? 'other');
    if (of) of.push(kpi);
    else by.set(kpi.category ?? 'other', [kpi]);
  }
  return [...by];
}

/** What people call a category, role or kind of business; those that a company made are called as it calls them. */
export function named(name: string): string {
  return t.catalogue.names[name as keyof typeof t.catalogue.names] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

/** The choices of a filter, each once, by name. */
export const choices = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((one): one is string => !!one))].sort((a, b) => a.localeCompare(b));
