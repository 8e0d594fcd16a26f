import type { Card, Schemas } from '../../api/client';
import { howOf } from '../../parts/kpi';
import { place } from '../../state/address.svelte';
import { figure, percent } from '../../text/format';

export interface Need {
  who: string;
  words: string;
  to: string;
  weight: 'bad' | 'warn';
  size: number;
}

const MOST = 6;

/** At most six things, the gravest first: alerts that fire, targets that are unlikely, deals that nobody touched. */
export function attention(card: Card | null, people: Card | null, alerts: Schemas['alerts'] | null): Need[] {
  const needs: Need[] = [];
  for (const rule of alerts?.rules ?? [])
    for (const state of rule.states)
      if (state.state === 'firing' && !state.snoozed_until)
        needs.push({
          who: state.who ?? rule.name,
          words: state.words ?? rule.name,
          to: place.link('/alerts', { rule: rule.rule }),
          weight: rule.severity === 'critical' ? 'bad' : 'warn',
          size: rule.severity === 'critical' ? 3 : 2,
        });
  for (const from of [card, people])
    for (const row of from?.rows ?? [])
      row.cells.forEach((cell, i) => {
        const kpi = from!.kpis[i]!;
        const how = howOf(from!, kpi);
        const name = row.members['rep'] ?? null;
        const who = name ?? kpi.title;
        const to = name ? place.link(`/person/${encodeURIComponent(name)}`) : place.link(`/kpi/${kpi.kpi}`);
        const chance = cell.forecast?.probability;
        if (cell.target?.phase === 'running' && chance != null && chance < 0.5)
          needs.push({
            who,
            to,
            weight: chance < 0.2 ? 'bad' : 'warn',
            size: 1 - chance,
            words: `${name ? kpi.title.toLowerCase() + ' ' : ''}is at ${percent(cell.target.attainment ?? 0)} of its target, ${percent(chance)} likely; ${figure(Math.max(0, -(cell.target.ahead ?? 0)), how, true)} short of what is due.`,
          });
        if (name && kpi.kpi === 'untouched_deals' && (cell.value ?? 0) >= 5)
          needs.push({
            who,
            to,
            weight: 'warn',
            size: Math.min(1, cell.value! / 30),
            words: `has ${figure(cell.value, how)} open deals that nobody touched for two weeks.`,
          });
      });
  return needs.sort((a, b) => b.size - a.size).slice(0, MOST);
}
