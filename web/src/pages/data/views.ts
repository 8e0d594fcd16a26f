/** What the page shows one at a time. */
import type { Schemas } from '../../api/client';

export type View = 'sources' | 'loads' | 'rejected' | 'findings' | 'add';
export type Source = Schemas['sources']['sources'][number];
export type Load = Schemas['loads']['loads'][number];
export type RejectedRow = Schemas['rejected']['rejected'][number];
export type Finding = Schemas['check']['findings'][number];

/** When anything was loaded last. */
export const lastOf = (sources: readonly Source[]): string | null =>
  sources.reduce<string | null>((last, { at }) => (at && (!last || at > last) ? at : last), null);

export type State = 'broken' | 'none' | 'stale' | 'fresh';
const DAY_AND_A_BIT = 26 * 3_600_000;

/** A source that was not loaded for 26 hours has missed its night. */
export function stateOf(source: Source, now: number): State {
  if (source.error) return 'broken';
  if (!source.at) return 'none';
  return now - Date.parse(source.at) > DAY_AND_A_BIT ? 'stale' : 'fresh';
}
