/** Which number is being explained; the sheet of it (parts/Why.svelte) is there once, in the frame. */
import type { CardCell } from '../api/client';
import type { Shown } from '../text/format';

export interface Explained {
  kpi: string;
  title: string;
  how: Shown;
  period: string;
  /** Of whom, by dimension; empty: of all that the reader sees. */
  members: Record<string, string | null>;
  /** What else it is kept to, as a condition: `outcome = 'lost'`. */
  where?: string | null;
  cell: Pick<CardCell, 'value' | 'n' | 'low' | 'high' | 'flags'>;
}

class Why {
  of = $state.raw<Explained | null>(null);

  show(of: Explained) {
    this.of = of;
  }

  close() {
    this.of = null;
  }
}

export const why = new Why();

/** The condition that keeps to these members: `rep = 'Niamh O''Brien' and team = 'DACH 1'`. */
export function conditionOf(members: Record<string, string | null>): string | null {
  const parts = Object.entries(members).map(([name, member]) =>
    member === null ? `${name} is null` : `${name} = '${member.replaceAll("'", "''")}'`,
  );
  return parts.length ? parts.join(' and ') : null;
}

/** Conditions that must all hold, as one. */
export const allOf = (...conditions: (string | null | undefined)[]): string | null => conditions.filter(Boolean).join(' and ') || null;
