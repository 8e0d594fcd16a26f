/** What stands on a KPI. */
import type { Kpi, Schemas } from '../../api/client';

export interface Uses {
  within: { name: string; title: string }[];
  views: string[];
  alerts: { rule: string; name: string }[];
  boards: string[];
}

export function usesOf(
  kpi: Kpi,
  kpis: Kpi[],
  views: NonNullable<Schemas['kpis']['views']>,
  alerts: Schemas['alerts'] | null,
  boards: Schemas['boards'] | null,
): Uses {
  const has = (names: readonly (string | null)[]) => names.includes(kpi.name);
  return {
    within: kpis
      .filter((one) => one.name !== kpi.name && has(one.kpis.map((part) => part.name)))
      .map(({ name, title }) => ({ name, title })),
    views: views.filter((one) => has(one.kpis)).map((one) => one.title),
    alerts: (alerts?.rules ?? []).filter((one) => one.kpi === kpi.name).map(({ rule, name }) => ({ rule, name })),
    boards: (boards?.boards ?? []).filter((one) => has(one.kpis)).map((one) => one.title),
  };
}
