/** A table's columns, for parts/Table.svelte. */
import type { Snippet } from 'svelte';

export interface Column<Row> {
  key: string;
  title: string;
  /** Numbers stand at the right, words at the left. */
  kind?: 'words' | 'number';
  /** By what it is sorted; columns without are not sorted. Rows without a value come last, whichever way. */
  by?: (row: Row) => number | string | null | undefined;
  /** What is written, where it is text alone. */
  text?: (row: Row) => string;
  /** What is shown, where it is more than text. It is told the column's key, so that columns can share one. */
  cell?: Snippet<[Row, string]> | Snippet<[Row]>;
  /** Left out where the screen is narrow. */
  extra?: boolean;
}

const words = new Intl.Collator(navigator.language, { numeric: true });

/** The rows in the order of `sort`, `KEY.up` or `KEY.down`; those that came first stay first among equals. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string | null): Row[] {
  const [key, order] = (sort ?? '').split('.');
  const by = columns.find((column) => column.key === key)?.by;
  if (!by) return [...rows];
  const sign = order === 'up' ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1;
    return sign * (typeof a === 'string' || typeof b === 'string' ? words.compare(String(a), String(b)) : a - b);
  });
}

/** What a press on a column's heading makes of the order: down, up, as it came. Words begin upwards. */
export function turned<Row>(column: Column<Row>, sort: string | null): string | null {
  const ways = column.kind === 'number' ? ['down', 'up'] : ['up', 'down'];
  return sort === `${column.key}.${ways[0]}`
    ? `${column.key}.${ways[1]}`
    : sort === `${column.key}.${ways[1]}`
      ? null
      : `${column.key}.${ways[0]}`;
}
