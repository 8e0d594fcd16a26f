/** What moved a KPI between two periods, member by member: the largest first. */
import type { Answer } from '../../api/client';

export interface Part {
  member: string | null;
  was: number | null;
  is: number | null;
  /** By how much the member moved the whole, or its own value where a rate's members do not add up. */
  effect: number;
  mix: number | null;
  rate: number | null;
}

export interface Moved {
  was: number | null;
  is: number | null;
  total: number | null;
  before: string;
  now: string;
  parts: Part[];
  /** Whether the parts come to the whole. */
  adds: boolean;
}

export function movedOf(answer: Answer, by: string, adds: boolean): Moved | null {
  const whole = answer.totals[0] ?? null;
  if (!whole?.compared) return null;
  const parts = answer.rows.flatMap((row) => {
    const effect = row.compared?.change ?? null;
    return effect === null
      ? []
      : [{ member: row.members[by] ?? null, was: row.compared?.value ?? null, is: row.value, effect, mix: null, rate: null }];
  });
  return {
    was: whole.compared.value,
    is: whole.value,
    total: whole.compared.change,
    before: whole.compared.period.name,
    now: whole.period.name,
    parts: parts.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)),
    adds,
  };
}
