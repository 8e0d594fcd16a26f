/** By what a KPI can be split: asked of the API once a KPI, a question for each dimension that companies have. */
import { send, type Schemas } from '../../api/client';
import { t } from '../../text/texts';

const usual = ['team', 'rep', 'region', 'product', 'industry', 'source', 'account', 'stage', 'manager'];
const known = new Map<string, Promise<string[]>>();

/** Those by which its records of the last year fall into members. */
export function dimensionsOf(kpi: string): Promise<string[]> {
  let asked = known.get(kpi);
  if (!asked) {
    const questions = usual.map((by) => ({ kpis: [kpi], by: [by], period: 'last-12-months', top: 1 }));
    asked = send<Schemas['answers']>('POST', '/ask', { questions }).then(({ answers }) =>
      usual.filter((_, i) => answers[i]?.rows.some((row) => !row.flags.includes('no_dimension'))),
    );
    asked.catch(() => known.delete(kpi));
    known.set(kpi, asked);
  }
  return asked;
}

export const nameOf = (by: string) => t.by[by as keyof typeof t.by] ?? by;

/** The same at the head of a column. */
export function titleOf(by: string): string {
  const name = nameOf(by);
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}
