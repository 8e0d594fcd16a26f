/** Of whom a KPI is looked at: the condition in the address, and whose scorecard that is, where it is one member's. */
import { conditionOf } from '../../state/why.svelte';

export interface Scope {
  where: string | null;
  /** `team:DACH 1`, for scorecards and targets; null where the condition is more than one member. */
  who: string | null;
  members: Record<string, string | null>;
  words: string | null;
}

const ONE = /^\s*(rep|team|region|product)\s*=\s*'((?:[^']|'')*)'\s*$/;

export function scopeOf(where: string | null): Scope {
  if (!where) return { where: null, who: 'company', members: {}, words: null };
  const found = ONE.exec(where);
  if (!found) return { where, who: null, members: {}, words: where };
  const [by, member] = [found[1]!, found[2]!.replaceAll("''", "'")];
  return { where: conditionOf({ [by]: member }), who: `${by}:${member}`, members: { [by]: member }, words: member };
}
