/** Every text of the pages, in English. Another language is another file of this shape. */
export const en = {
  product: 'Attain',
  pages: {
    today: 'Today', scorecard: 'Scorecard', kpi: 'KPI', person: 'Person', team: 'Team', funnel: 'Funnel', pipeline: 'Pipeline', targets: 'Targets',
    alerts: 'Alerts', data: 'Data', catalogue: 'Catalogue', settings: 'Settings', board: 'Board',
  },
  frame: {
    find: 'Go to or find…', menu: 'Pages', skip: 'To the content', offline: 'No connection: what you see is of {time}', asOf: 'As of {time}', light: 'Light', dark: 'Dark', signOut: 'Sign out',
    unknown: 'There is no such page', unknownWhy: 'The address may be mistyped, or belong to a page that has another name now.', home: 'To Today',
  },
  states: {
    failed: 'This could not be answered', offline: 'The server cannot be reached. This goes on by itself when it answers again.', forbidden: 'This is not yours to see', again: 'Try again',
    empty: 'No records yet', emptyWhy: 'Nothing has been loaded that this could be counted from.', few: 'too few to tell',
  },
  period: { title: 'Period', week: 'This week', month: 'This month', quarter: 'This quarter', year: 'This year', lastMonth: 'Last month', lastQuarter: 'Last quarter', lastYear: 'Last year' },
  today: {
    hello: { morning: 'Good morning', afternoon: 'Good afternoon', evening: 'Good evening' },
    left: { one: '1 working day of {period} is left', other: '{n} working days of {period} are left' },
    attention: 'Needs you', calm: 'Nothing needs you. Numbers are where they should be.',
    mine: { company: 'The company', led: 'Whom you lead', own: 'Your numbers' },
    pace: '{kpi} is at {attained} of its target with {left} of {all} working days left; {due} would be due by now.',
    behind: '{short} short of what is due', ahead: '{more} more than due', chance: '{chance} likely to be reached', finish: 'heading for {finish}',
    need: '{rate} a working day from here, {so_far} so far', of: 'of {target}', against: '{change} on {period}',
    trust: 'What to know before you trust it', fresh: 'loaded {ago}', rejected: { one: '1 row kept out', other: '{n} rows kept out' },
  },
  scorecard: {
    who: 'Who', score: 'Score', company: 'Company', by: 'By', heat: 'Colour by', heats: { attainment: 'attainment', peers: 'place among peers', none: 'nothing' },
    sort: 'Sort by {column}', trend: 'Last {n} periods', rows: { one: '1 row', other: '{n} rows' }, find: 'Find a name', target: 'target {target}',
  },
  explain: {
    title: 'How this number came to be', formula: 'Formula', counted: '{used} of {records} records count', left: '{n}: {why}', interval: '95 % interval', n: 'rests on',
    records: 'Show the records', close: 'Close', asOf: 'Of {time}, load {load}', days: 'Days', traps: 'To know',
  },
  palette: { title: 'Go to', nothing: 'Nothing is called that', kpis: 'KPIs', people: 'People', pages: 'Pages', teams: 'Teams' },
  export: { title: 'Export', csv: 'CSV', xlsx: 'Excel', png: 'Picture (PNG)', print: 'Print' },
};
export type Texts = typeof en;
