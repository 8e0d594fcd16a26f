/** Who is where, and was: what the API tells of the organisation, put together for one person or team. */
import type { Schemas } from '../../api/client';

export type Organisation = Schemas['organisation'];
export type Person = NonNullable<Organisation['people']>[number];
export type Team = NonNullable<Organisation['teams']>[number];
export type Membership = NonNullable<Organisation['memberships']>[number];

export const personOf = (organisation: Organisation | null, name: string): Person | null =>
  organisation?.people?.find((one) => one.name === name) ?? null;
export const teamOf = (organisation: Organisation | null, name: string): Team | null =>
  organisation?.teams?.find((one) => one.name === name) ?? null;
export const personBy = (organisation: Organisation | null, key: number | null): Person | null =>
  organisation?.people?.find((one) => one.person === key) ?? null;
export const teamBy = (organisation: Organisation | null, key: number | null): Team | null =>
  organisation?.teams?.find((one) => one.team === key) ?? null;

/** The latest first. */
export const membershipsOf = (organisation: Organisation | null, person: number | null): Membership[] =>
  (organisation?.memberships ?? []).filter((one) => one.person === person).toSorted((a, b) => (b.from ?? '').localeCompare(a.from ?? ''));

/** A team with all that are below it. */
export function within(organisation: Organisation | null, team: number | null): number[] {
  const found = team === null ? [] : [team];
  for (const key of found)
    for (const one of organisation?.teams ?? [])
      if (one.parent === key && one.team !== null && !found.includes(one.team)) found.push(one.team);
  return found;
}

export interface Move {
  day: string;
  person: Person;
  what: 'joined' | 'left';
  /** Where to or from, where that is known. */
  team: Team | null;
}

/** Who came and went, the latest first. What lies in the future is not told. */
export function movesOf(organisation: Organisation | null, teams: number[], today: string): Move[] {
  const all = organisation?.memberships ?? [];
  const other = (person: number | null, day: string, end: 'from' | 'until') =>
    teamBy(organisation, all.find((one) => one.person === person && one[end] === day)?.team ?? null);
  const isIn = (key: number | null) => key !== null && teams.includes(key);
  return all
    .filter((one) => isIn(one.team))
    .flatMap((one): Move[] => {
      const person = personBy(organisation, one.person);
      if (!person) return [];
      const [came, went] = [one.from && other(one.person, one.from, 'until'), one.until && other(one.person, one.until, 'from')];
      return [
        ...(one.from && !(came && isIn(came.team)) ? [{ day: one.from, person, what: 'joined' as const, team: came || null }] : []),
        ...(one.until && !(went && isIn(went.team)) ? [{ day: one.until, person, what: 'left' as const, team: went || null }] : []),
      ];
    })
    .filter((move) => move.day <= today)
    .sort((a, b) => b.day.localeCompare(a.day));
}

/** How the API calls a team in questions: the company as nothing in particular, a region by its name, other levels by their own. */
export function memberOf(team: Team | null, name: string): Record<string, string> {
  if (!team || team.level === 'team' || !team.level) return { team: name };
  if (team.level === 'company') return {};
  if (team.level === 'region') return { region: team.region ?? name };
  return { [team.level]: name };
}

/** The same as whose scorecard and targets they are: `team:DACH 1`. */
export function whoOf(members: Record<string, string>): string {
  const [one] = Object.entries(members);
  return one ? `${one[0]}:${one[1]}` : 'company';
}
