/** What is said of a number beside it: how sure it is, and where it stands against its target. */
import type { CardCell, Figure } from '../../api/client';
import { chance, figure, percent, type Shown } from '../../text/format';
import { count, fill, t } from '../../text/texts';

export interface Fact {
  name: string;
  value: string;
  beside?: string;
  /** How it is meant, and in words. */
  below?: ['good' | 'warn', string];
}

function standing(target: NonNullable<CardCell['target']>, how: Shown): Fact[] {
  if (target.due == null || target.ahead == null) return [];
  const said = {
    short: figure(-target.ahead, how, true),
    more: figure(target.ahead, how, true),
    days: count(t.kpi.days, Math.abs(target.days_ahead ?? 0)),
  };
  const below: Fact['below'] = target.ahead < 0 ? ['warn', fill(t.kpi.behind, said)] : ['good', fill(t.kpi.ahead, said)];
  return [{ name: t.kpi.due, value: figure(target.due, how), below }];
}

function targetFacts(target: NonNullable<CardCell['target']>, how: Shown): Fact[] {
  const attained: Fact = { name: t.kpi.attained, value: percent(target.attainment ?? 0) };
  if (target.ahead == null && target.phase === 'running') attained.below = target.met ? ['good', t.kpi.met] : ['warn', t.kpi.notMet];
  const amount: Fact = { name: t.kpi.target, value: figure(target.amount, how) };
  if (target.derived) amount.beside = t.kpi.derived;
  const facts = [amount, attained, ...standing(target, how)];
  if (target.rate_needed != null && target.rate_so_far != null)
    facts.push({
      name: t.kpi.needed,
      value: figure(target.rate_needed, how, true),
      beside: fill(t.kpi.soFar, { rate: figure(target.rate_so_far, how, true) }),
    });
  return facts;
}

export function factsOf(row: Figure, cell: CardCell | null, how: Shown): Fact[] {
  const facts: Fact[] = [];
  if (row.low != null && row.high != null)
    facts.push({ name: t.kpi.interval, value: fill(t.kpi.between, { low: figure(row.low, how), high: figure(row.high, how) }) });
  facts.push({ name: t.kpi.n, value: count(t.kpi.records, row.n ?? 0) });
  if (cell?.target?.attainment != null) facts.push(...targetFacts(cell.target, how));
  if (cell?.forecast?.finish != null) facts.push({ name: t.kpi.finish, value: figure(cell.forecast.finish, how, true) });
  if (cell?.forecast?.probability != null) facts.push({ name: t.kpi.chance, value: chance(cell.forecast.probability) });
  return facts;
}
