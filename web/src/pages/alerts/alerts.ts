/** Rules with what they found, and whom or what a finding is about. */
import type { Schemas } from '../../api/client';
import { place } from '../../state/address.svelte';
import { conditionOf } from '../../state/why.svelte';
import { t } from '../../text/texts';

export type Rule = Schemas['alerts']['rules'][number];
export type State = Rule['states'][number];
export type Event = Schemas['alert-event'];
export type Message = Schemas['outbox']['messages'][number];
export type View = 'now' | 'rules' | 'history' | 'outbox';

const grave = { critical: 0, warning: 1, info: 2 };

export const isSnoozed = (of: { snoozed_until: string | null }, now: string) => of.snoozed_until !== null && of.snoozed_until > now;

/** What somebody has to look at: neither seen to nor asleep. */
export const isOpen = (rule: Rule, state: State, now: string) =>
  state.state === 'firing' && !state.acknowledged_by && !isSnoozed(state, now) && !isSnoozed(rule, now);

export const openOf = (rules: readonly Rule[], now: string) =>
  rules.reduce((all, rule) => all + rule.states.filter((state) => isOpen(rule, state, now)).length, 0);

/** Rules that have something to say, the gravest first; in each what nobody sees to first. */
export function speaking(rules: readonly Rule[], now: string): Rule[] {
  return rules
    .map((rule) => ({
      ...rule,
      states: rule.states
        .filter((state) => state.state !== 'calm' || isSnoozed(state, now))
        .sort((a, b) => Number(isOpen(rule, b, now)) - Number(isOpen(rule, a, now))),
    }))
    .filter((rule) => rule.states.length)
    .sort((a, b) => grave[a.severity] - grave[b.severity]);
}

/** `team:North` as dimension and member; the company, and whoever the rule is about, have none. */
export function aboutOf(who: string | null): { by: string; name: string } | null {
  const at = who?.indexOf(':') ?? -1;
  return who && at > 0 ? { by: who.slice(0, at), name: who.slice(at + 1) } : null;
}

export const nameOf = (who: string | null) => aboutOf(who)?.name ?? (who === 'company' ? t.alerts.company : (who ?? t.alerts.all));

/** The records behind a finding: its KPI, of whom it is, in the period that was judged. Rules about sources have none. */
export function recordsOf(rule: Rule, who: string | null): string | null {
  if (!rule.kpi) return null;
  const about = aboutOf(who);
  return place.link(`/kpi/${rule.kpi}`, {
    where: about ? conditionOf({ [about.by]: about.name }) : null,
    ...(rule.period ? { period: rule.period } : {}),
  });
}

/** The day so many months before another. */
export function monthsBefore(day: string, months: number): string {
  const at = new Date(day);
  at.setUTCMonth(at.getUTCMonth() - months);
  return at.toISOString().slice(0, 10);
}
