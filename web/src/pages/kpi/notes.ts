/** What happened to a KPI that its line alone does not tell: periods closed, targets agreed, definitions changed. */
import type { Kpi, Schemas } from '../../api/client';
import { fill, t } from '../../text/texts';

export type Target = Schemas['targets']['targets'][number];

export interface Note {
  day: string;
  kind: 'closed' | 'target' | 'defined';
  words: string;
}

/** The reader's day of a moment; a day is itself. */
export function dayOf(moment: string): string {
  if (!moment.includes('T')) return moment;
  const at = new Date(moment);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

type Said = NonNullable<Target['said']>[number];

const told = (target: Target, one: Said) => {
  const act = t.kpi.said[one.act as keyof typeof t.kpi.said] ?? one.act ?? '';
  const words = fill(t.kpi.saidBy, { act, author: one.author ?? '', canonical: target.canonical });
  return one.words ? `${words}. “${one.words}”` : words;
};

/** The latest last. `from` is the first day that is drawn. */
export function notesOf(kpi: Kpi, targets: Target[], closed: Schemas['periods'] | null, from: string): Note[] {
  const notes: Note[] = [
    ...kpi.versions.flatMap((version) =>
      version.from ? [{ day: version.from, kind: 'defined' as const, words: fill(t.kpi.defined, { formula: version.formula ?? '' }) }] : [],
    ),
    ...targets.flatMap((target) =>
      (target.said ?? []).flatMap((one) =>
        one.at && one.act !== 'comment' ? [{ day: one.at, kind: 'target' as const, words: told(target, one) }] : [],
      ),
    ),
    ...(closed?.snapshots ?? []).flatMap((snapshot) =>
      snapshot.closed_at
        ? [
            {
              day: snapshot.closed_at,
              kind: 'closed' as const,
              words: fill(t.kpi.closed, { period: snapshot.period.name }) + (snapshot.note ? `: ${snapshot.note}` : ''),
            },
          ]
        : [],
    ),
  ];
  return notes.filter((note) => dayOf(note.day) >= from).sort((a, b) => a.day.localeCompare(b.day));
}
