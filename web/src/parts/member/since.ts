/** What changed of somebody's deals since a day. */
import { Problem, get, type Schemas } from '../../api/client';

export const watched = ['revenue', 'open_pipeline'];

type Told = Schemas['changes']['kpis'][number];
export type Changed = Told['measures'][number]['records'][number];

export interface Since {
  kpi: string;
  unit: string | null;
  /** Then and now; null where only records are known, not sums. */
  then: number | null;
  now: number | null;
  records: Changed[];
  /** Whose records these are was first loaded after that day: then the reader saw nothing, as far as the API knows. */
  isLately: boolean;
}

/** The day so many before a moment, as the API takes it. */
export const daysBefore = (moment: string, days: number) => new Date(Date.parse(moment) - days * 86_400_000).toISOString().slice(0, 10);

const sinceOf = (told: Told, names: readonly string[] | null): Since => ({
  kpi: told.kpi,
  unit: told.unit,
  then: names ? null : told.then,
  now: names ? null : told.now,
  isLately: names !== null && !told.then,
  records: told.measures
    .flatMap((measure) => measure.records)
    .filter((record) => !names || (record.rep !== null && names.includes(record.rep)))
    .sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0)),
});

/** Of members who were not known yet on that day the API knows no condition: then those records count that carry one of their `names`. */
export async function changesSince(
  since: string,
  period: string,
  where: string | null,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Since[]> {
  const query = { kpi: watched, since, period };
  try {
    const told = await get<Schemas['changes']>('/changes', { ...query, where }, signal);
    return told.kpis.map((kpi) => sinceOf(kpi, null));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404 || !where) throw error;
  }
  const told = await get<Schemas['changes']>('/changes', query, signal);
  return told.kpis.map((kpi) => sinceOf(kpi, names));
}
