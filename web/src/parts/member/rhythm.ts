/** Activity beside outcome: what was done, and what came of it, period by period. */
import type { Answer, Figure, Kpi, Schemas } from '../../api/client';

/** Those that somebody has no records of are not shown: a rep has no cases, an agent no deals. */
export const done = ['meetings', 'demos', 'calls', 'emails', 'created_deals', 'cases'] as const;
export const came = ['pipeline_created', 'won_deals', 'revenue', 'win_rate', 'resolution_in_sla', 'csat'] as const;

export interface Line {
  kpi: Kpi;
  values: (number | null)[];
  /** The last period that has ended. */
  last: Figure;
  /** The one that runs. */
  now: Figure;
}

export function linesOf(names: readonly string[], catalogue: readonly Kpi[], answers: Schemas['answers'] | null): Line[] {
  const [past, running] = (answers?.answers ?? []) as [Answer?, Answer?];
  return names.flatMap((name) => {
    const kpi = catalogue.find((one) => one.name === name);
    const rows = (past?.rows ?? []).filter((row) => row.kpi === name);
    const last = rows.at(-1);
    const now = running?.rows.find((row) => row.kpi === name);
    if (!kpi || !last || !now || [...rows, now].every((row) => !row.value)) return [];
    return [{ kpi, values: [...rows, now].map((row) => row.value), last, now }];
  });
}
