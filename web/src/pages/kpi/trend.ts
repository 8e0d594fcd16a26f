import type { Answer } from '../../api/client';
import { tip, type Colours, type Draw } from '../../design/chart';
import { NONE, dayShort, figure, type Shown } from '../../text/format';
import { fill, t } from '../../text/texts';
import { dayOf, type Note } from './notes';

export interface Trend {
  title: string;
  answer: Answer;
  how: Shown;
  /** What each period should have, by the answer's rows. */
  goals: (number | null)[];
  /** Where the running period is heading, as its target's forecast has it. */
  finish: { value: number; low: number | null; high: number | null } | null;
  notes: Note[];
}

/** The period in which a day lies; after the last, the last. */
export function placeOf(rows: Answer['rows'], day: string): number {
  const on = dayOf(day);
  const found = rows.findIndex((row) => row.period.start <= on && on < row.period.end);
  return found < 0 ? rows.length - 1 : found;
}

function tooltip({ answer, how, goals, finish }: Trend, c: Colours) {
  const last = answer.rows.length - 1;
  return {
    trigger: 'axis',
    backgroundColor: c.raised,
    borderColor: c.line,
    padding: [8, 10],
    textStyle: { color: c.text, fontSize: 12 },
    axisPointer: { lineStyle: { color: c.faint } },
    formatter: (points: { dataIndex: number }[]) => {
      const at = points[0]?.dataIndex ?? 0;
      const row = answer.rows[at];
      if (!row) return '';
      const lines: [string, string][] = [[t.kpi.value, figure(row.value, how)]];
      if (row.low != null && row.high != null)
        lines.push([t.kpi.interval, fill(t.kpi.between, { low: figure(row.low, how), high: figure(row.high, how) })]);
      if (goals[at] != null) lines.push([t.kpi.target, figure(goals[at], how)]);
      if (at === last && finish) lines.push([t.kpi.finish, figure(finish.value, how)]);
      if (row.compared) lines.push([row.compared.period.name, figure(row.compared.value, how)]);
      lines.push([t.kpi.n, String(row.n ?? NONE)]);
      return tip(`${row.period.name}${row.flags.includes('running') ? `, ${t.kpi.legend.running}` : ''}`, lines);
    },
  };
}

/** The same a year before; what lies before the first record is not 0. */
const ago = ({ compared }: Answer['rows'][number]) =>
  !compared || compared.flags.includes('before_data') ? null : (compared.whole_period_value ?? compared.value);

/** Numbered lines where something happened; the list below the picture says what. */
function marks({ answer, notes }: Trend, c: Colours) {
  return {
    symbol: 'none',
    silent: true,
    animation: false,
    lineStyle: { color: c.faint, width: 1, type: 'dotted' },
    label: { color: c.soft, fontSize: 10, position: 'end', distance: 2, formatter: (of: { name: string }) => of.name },
    data: [...new Set(notes.map((note) => placeOf(answer.rows, note.day)))].map((at) => ({
      xAxis: at,
      name: notes.flatMap((note, i) => (placeOf(answer.rows, note.day) === at ? [i + 1] : [])).join(','),
    })),
  };
}

const axes = ({ answer, how }: Trend, c: Colours) => ({
  xAxis: {
    type: 'category',
    boundaryGap: ['2%', '2%'],
    data: answer.rows.map((row) => row.period.name),
    axisLine: { lineStyle: { color: c.line } },
    axisTick: { show: false },
    axisLabel: { color: c.faint, hideOverlap: true },
  },
  yAxis: {
    type: 'value',
    scale: how.unit === 'ratio' || how.unit === 'days',
    splitNumber: 4,
    splitLine: { lineStyle: { color: c.line } },
    axisLabel: { color: c.faint, formatter: (value: number) => figure(value, how, true) },
  },
});

/** The periods as a line, the same a year before thin behind it, targets as dashes; the running period hangs on it dotted. */
export function trend(of: Trend): Draw {
  const rows = of.answer.rows;
  const last = rows.length - 1;
  const runs = rows[last]?.flags.includes('running') ?? false;
  const settled = rows.map((row, i) => (runs && i === last ? null : row.value));
  const running = rows.map((row, i) => (runs && i >= last - 1 ? row.value : null));
  const finish = rows.map((_, i) => (runs && i === last && of.finish ? of.finish.value : null));
  return (c) => {
    const line = {
      type: 'line',
      symbol: 'circle',
      symbolSize: 5,
      lineStyle: { color: c.accent, width: 2 },
      itemStyle: { color: c.accent },
    };
    const thin = { type: 'line', symbol: 'none', lineStyle: { color: c.faint, width: 1 }, itemStyle: { color: c.faint }, silent: true };
    return {
      grid: { left: 8, right: 16, top: of.notes.length ? 22 : 12, bottom: 4, containLabel: true },
      ...axes(of, c),
      tooltip: tooltip(of, c),
      series: [
        { ...thin, data: rows.map(ago), markLine: marks(of, c) },
        { ...line, data: settled },
        { ...line, data: running, lineStyle: { color: c.accent, width: 2, type: [2, 4] } },
        { ...thin, data: finish, symbol: 'emptyCircle', symbolSize: 7, itemStyle: { color: c.accent } },
        {
          ...thin,
          data: of.goals,
          symbol: 'rect',
          symbolSize: [18, 2],
          lineStyle: { width: 1, type: 'dashed', color: c.warn },
          itemStyle: { color: c.warn },
        },
      ],
    };
  };
}

/** What the picture shows, for who cannot see it. */
export function words({ title, answer, how }: Trend): string {
  const [first, last] = [answer.rows[0], answer.rows.at(-1)];
  return fill(t.kpi.trendWords, {
    kpi: title,
    n: answer.rows.length,
    first: first?.period.name ?? '',
    last: last?.period.name ?? '',
    value: figure(last?.value, how),
  });
}

/** The periods before the running one that are drawn. */
export const before = { week: 'last-25-weeks', month: 'last-12-months', quarter: 'last-8-quarters', year: 'last-4-years' } as const;
export type Grain = keyof typeof before;

/** The length of period that fits what is looked at: a quarter among quarters. */
export function grainOf(period: string): Grain {
  const found = /week|month|quarter|year/.exec(period)?.[0];
  if (found) return found as Grain;
  if (/Q\d/.test(period)) return 'quarter';
  if (/W\d/.test(period)) return 'week';
  return /^(FY)?\d{4}$/.test(period) ? 'year' : 'month';
}

/** The name of the day's note, as it is listed. */
export const noteDay = (note: Note) => dayShort(dayOf(note.day));
