/** What a reader's day is about, by their role and what they see. */
import type { Me } from '../../api/client';

/** The set of KPIs of a role; those of managers for who has none of their own. */
export function kpisOf(role: Me['role']): string {
  return role === 'rep' || role === 'leader' || role === 'marketing' || role === 'finance' ? role : 'manager';
}

/** Whose numbers they are. */
export const scopeOf = (me: Me): 'own' | 'led' | 'company' => (me.sees === 'own' ? 'own' : me.sees === 'all' ? 'company' : 'led');

/** Who is no person of the records and sees no others has no numbers: not zeros. */
export const seesNumbers = (me: Me): boolean => me.sees !== 'nothing' && (me.person !== null || me.sees === 'all' || me.sees === 'groups');

/** The name one is greeted by; not an address that one signs in with. */
export function calledBy(me: Me): string | null {
  const name = me.name ?? me.user ?? '';
  return name.includes('@') ? null : (name.split(' ')[0] ?? null);
}
