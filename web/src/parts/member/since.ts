/** What changed of somebody's deals since a day. */
import { get, type Schemas } from '../../api/client';

export const watched = ['revenue', 'open_pipeline'];

type Told = Schemas['changes']['kpis'][number];
export type Changed = Told['measures'][number]['records'][number];

export interface Since {
  kpi: string;
  unit: string | null;
  then: number | null;
  now: number | null;
  records: Changed[];
  /** Nothing of theirs was known on that day: what is new here may be older than its first load. */
  isLately: boolean;
}

/** The day so many before a moment, as the API takes it. */
export const daysBefore = (moment: string, days: number) => new Date(Date.parse(moment) - days * 86_400_000).toISOString().slice(0, 10);

const sinceOf = (told: Told): Since => ({
  kpi: told.kpi,
  unit: told.unit,
  then: told.then,
  now: told.now,
  isLately: told.then === null && told.measures.some((measure) => measure.records.length > 0),
  records: told.measures.flatMap((measure) => measure.records).sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0)),
});

export async function changesSince(since: string, period: string, where: string | null, signal: AbortSignal): Promise<Since[]> {
  const told = await get<Schemas['changes']>('/changes', { kpi: watched, since, period, where }, signal);
  return told.kpis.map(sinceOf);
}
