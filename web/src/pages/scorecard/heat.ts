import type { Card, CardCell } from '../../api/client';

export type Heat = 'attainment' | 'peers' | 'none';

const SHADE = 0.26;
const FEW = 5; // of fewer no place is told
const paint = (share: number) => `rgb(var(--heat-${share < 0 ? 'low' : 'high'}) / ${(Math.abs(share) * SHADE).toFixed(3)})`;

/** How warm a cell is, and by words: its place among its peers, which are the rows of its own level (the share of them behind), or its attainment. */
export function heatOf(
  card: Card,
  heat: Heat,
): (cell: CardCell, column: number, level: number) => { colour: string; words: string } | null {
  if (heat === 'none') return () => null;
  const columns = [1, 2].map((level) =>
    card.kpis.map((_, i) =>
      card.rows
        .filter((row) => row.level === level)
        .map((row) => row.cells[i]?.value)
        .filter((value): value is number => value != null)
        .sort((a, b) => a - b),
    ),
  );
  return (cell, column, level) => {
    if (heat === 'attainment') {
      const share = cell.target?.attainment;
      return share == null ? null : { colour: paint(Math.max(-1, Math.min(1, (share - 1) * 2))), words: '' };
    }
    const kpi = card.kpis[column]!;
    const values = columns[level - 1]?.[column] ?? [];
    if (cell.value == null || values.length < FEW || (kpi.better !== 'higher' && kpi.better !== 'lower')) return null;
    const below = values.filter((value) => value < cell.value!).length;
    const same = values.filter((value) => value === cell.value).length;
    const rank = (below + (same - 1) / 2) / (values.length - 1);
    const share = kpi.better === 'higher' ? rank : 1 - rank;
    return { colour: paint(share * 2 - 1), words: `P${Math.round(share * 100)}` };
  };
}
