/** Which rows the grid shows, in which order: pure, of the answer and of what the reader chose. */
import type { Card, CardRow } from '../../api/client';

export interface Choice {
  /** The dimensions of the rows, outermost first. */
  by: readonly string[];
  find: string;
  /** `KPI.up`, `KPI.down`, or null: as they came. */
  sort: string | null;
  /** Groups that are folded up, by their row's `who`. */
  shut: ReadonlySet<string>;
}

export interface Shown {
  row: CardRow;
  /** Of a row with others below it: whether these are shown. */
  open: boolean | null;
}

/** What a row is called: the member of its own dimension. */
export function nameOf(row: CardRow, by: readonly string[]): string | null {
  return row.members[by[(row.level ?? 1) - 1] ?? ''] ?? null;
}

function sorter(card: Card, sort: string | null): ((a: CardRow, b: CardRow) => number) | null {
  const [kpi, order] = (sort ?? '').split('.');
  const column = card.kpis.findIndex((one) => one.kpi === kpi);
  if (column < 0) return null;
  const sign = order === 'up' ? 1 : -1;
  return (a, b) => {
    const [x, y] = [a.cells[column]?.value ?? null, b.cells[column]?.value ?? null];
    if (x === null || y === null) return x === null ? (y === null ? 0 : 1) : -1;
    return sign * (x - y);
  };
}

/** Rows of the first level, each with those below it. */
function groups(card: Card): { head: CardRow; below: CardRow[] }[] {
  const all: { head: CardRow; below: CardRow[] }[] = [];
  for (const row of card.rows)
    if (row.level === 1) all.push({ head: row, below: [] });
    else if (row.level === 2) all.at(-1)?.below.push(row);
  return all;
}

/** Members that are found, groups of which one is found; a group's members are sorted within it. */
export function shownRows(card: Card, choice: Choice): Shown[] {
  const compare = sorter(card, choice.sort);
  const wanted = choice.find.trim().toLowerCase();
  const found = (row: CardRow) => (nameOf(row, choice.by) ?? '').toLowerCase().includes(wanted);
  const all = groups(card).map(({ head, below }) => ({ head, all: below, below: found(head) ? below : below.filter(found) }));
  const left = all.filter(({ head, below }) => found(head) || below.length);
  if (compare) left.sort((a, b) => compare(a.head, b.head));
  return left.flatMap(({ head, all: whole, below }) => {
    const open = whole.length ? !choice.shut.has(head.who ?? '') : null;
    const rows = open ? (compare ? [...below].sort(compare) : below) : [];
    return [{ row: head, open }, ...rows.map((row) => ({ row, open: null }))];
  });
}

/** Which rows to draw of so many of one height, for what is seen and a screen more on both sides. */
export function windowOf(n: number, height: number, top: number, seen: number): { from: number; to: number } {
  const spare = Math.ceil(seen / height);
  const from = Math.max(0, Math.floor(top / height) - spare);
  return { from, to: Math.min(n, Math.ceil((top + seen) / height) + spare) };
}
