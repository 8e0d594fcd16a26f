import type { Card } from '../api/client';
import type { Shown } from '../text/format';

export const howOf = (card: { currency: string }, kpi: Card['kpis'][number]): Shown => ({
  unit: kpi.unit ?? 'number',
  currency: card.currency,
});

/** Whether a change is for the better; null where the KPI has no better end, or nothing changed. */
export function isBetter(better: string | null, change: number): boolean | null {
  if (!change || (better !== 'higher' && better !== 'lower')) return null;
  return change > 0 === (better === 'higher');
}
