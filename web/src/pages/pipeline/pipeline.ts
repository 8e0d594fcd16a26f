/** The questions of the pipeline, and the steps of its waterfall as bars that hang where the one before ended. */
import type { Answer, Figure } from '../../api/client';
import type { Colours, Draw } from '../../design/chart';
import { allOf } from '../../state/why.svelte';
import { figure, type Shown } from '../../text/format';
import { t } from '../../text/texts';

export const dimensions = ['team', 'rep', 'source', 'product', 'region'] as const;
export type By = (typeof dimensions)[number];

export const figures = ['open_pipeline', 'weighted_pipeline', 'pipeline_coverage', 'slip_rate', 'untouched_deals', 'next_step_coverage'];

export interface Asking {
  period: string;
  compare: string;
  where: string | null;
  by: By;
}

export function questionsOf({ period, compare, where, by }: Asking) {
  const kept = { period, ...(where ? { where } : {}) };
  return [
    { kpis: ['pipeline_waterfall'], compare, ...kept },
    { kpis: figures, compare, ...kept },
    { kpis: figures, by: [by], ...kept },
    { kpis: ['untouched_deals'], by: ['stage'], ...kept },
  ];
}

/** The deals' ages that are told apart, in days since they were created: up to the next. */
export const ages = [0, 30, 60, 90, 180] as const;
export type Age = `${(typeof ages)[number]}`;

const before = (day: string, days: number) => new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);

/** The condition of an age on a day. */
export function ageCondition(at: number, day: string): string | null {
  const [young, old] = [ages[at]!, ages[at + 1]];
  return allOf(young ? `created_at < ${before(day, young)}` : null, old ? `created_at >= ${before(day, old)}` : null);
}

export const ageQuestions = (asking: Asking, day: string) =>
  [null, ...ages.map((_, at) => ageCondition(at, day))].map((age) => {
    const where = allOf(asking.where, age);
    return { kpis: ['open_deals', 'open_pipeline'], by: ['stage'], period: asking.period, ...(where ? { where } : {}) };
  });

/** The day on which deals are looked at: the period's last, or today while it runs. */
export const dayOf = (answer: Answer, end: string) => (end < answer.as_of ? end.slice(0, 10) : answer.as_of.slice(0, 10));

export interface Step {
  key: keyof typeof t.pipeline.steps;
  /** 0: a level; 1 and −1: what was added and taken. */
  sign: 0 | 1 | -1;
  row: Figure;
  from: number;
  to: number;
}

const signs: Record<Step['key'], Step['sign']> = {
  waterfall_start: 0,
  waterfall_new: 1,
  waterfall_pulled_in: 1,
  waterfall_raised: 1,
  waterfall_lowered: -1,
  waterfall_pushed: -1,
  waterfall_won: -1,
  waterfall_lost: -1,
  waterfall_end: 0,
};

export function stepsOf(answer: Answer | undefined): Step[] {
  let level = 0;
  return (answer?.rows ?? [])
    .filter((row) => row.kpi in signs)
    .map((row) => {
      const key = row.kpi as Step['key'];
      const sign = signs[key];
      const from = sign ? level : 0;
      level = from + (sign || 1) * (row.value ?? 0);
      return { key, sign, row, from, to: level };
    });
}

export const stepName = ({ key, row }: Step) =>
  key === 'waterfall_end' && row.flags.includes('running') ? t.pipeline.soFar : t.pipeline.steps[key];

/** Won is what the pipeline is for; what else left it did not come to that. */
export const kindOf = ({ key, sign }: Step) => (key === 'waterfall_won' ? 'won' : sign > 0 ? 'in' : sign < 0 ? 'out' : 'level');

const colourOf = (step: Step, c: Colours) => ({ won: c.accent, in: c.good, out: c.bad, level: c.faint })[kindOf(step)];

/** The waterfall as a picture, for who takes it along. */
export function draw(steps: readonly Step[], how: Shown): Draw {
  return (c) => ({
    grid: { left: 8, right: 16, top: 20, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: steps.map(stepName), axisLabel: { color: c.text, interval: 0 }, axisTick: { show: false } },
    yAxis: {
      type: 'value',
      axisLabel: { color: c.soft, formatter: (value: number) => figure(value, how, true) },
      splitLine: { lineStyle: { color: c.line } },
    },
    series: [
      {
        type: 'bar',
        stack: 'all',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: steps.map(({ from, to }) => Math.min(from, to)),
      },
      {
        type: 'bar',
        stack: 'all',
        barWidth: '62%',
        label: {
          show: true,
          position: 'top',
          color: c.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => figure(steps[dataIndex]?.row.value, how, true),
        },
        data: steps.map((step) => ({ value: Math.abs(step.to - step.from), itemStyle: { color: colourOf(step, c) } })),
      },
    ],
  });
}
