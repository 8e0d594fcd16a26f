/** Which KPIs are meant by what somebody writes: every word is somewhere in what the KPI is called, answers or is made of. */
import type { Kpi } from '../../api/client';

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

/** The choices of a filter, each once, by name. */
export const choices = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((one): one is string => !!one))].sort((a, b) => a.localeCompare(b));
