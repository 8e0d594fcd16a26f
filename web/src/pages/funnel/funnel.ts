/** The questions of the funnel, all answered from one commit, and its stages put together from the answers. */
import type { Answer, Figure } from '../../api/client';
import { tip, type Draw } from '../../design/chart';
import { allOf } from '../../state/why.svelte';
import { percent } from '../../text/format';
import { t } from '../../text/texts';

export const dimensions = ['team', 'rep', 'source', 'product', 'region'] as const;
export type By = (typeof dimensions)[number];

/** Fewer deals than this tell nothing of a member. */
export const FEW = 10;

const NOT_BEYOND = 'passed_at is null';
/** Lost or given up: what ended without going on. */
export const LOST = `${NOT_BEYOND} and outcome <> 'open'`;
const OPEN = `${NOT_BEYOND} and outcome = 'open'`;

export interface Asking {
  period: string;
  compare: string;
  where: string | null;
  by: By;
}

export function questionsOf({ period, compare, where, by }: Asking) {
  const of = (kpis: string[], by: string[], more: string | null = null, compared = true) => {
    const kept = allOf(where, more);
    return { kpis, by, period, ...(compared ? { compare } : {}), ...(kept ? { where: kept } : {}) };
  };
  return [
    of(['stage_conversion', 'time_in_stage'], ['stage']),
    of(['stage_conversion'], ['stage'], LOST, false),
    of(['stage_conversion'], ['stage'], OPEN, false),
    of(['stage_conversion'], ['lost_reason', 'stage'], LOST, false),
    of(['lost_deals', 'lost_reason_share'], ['lost_reason']),
    of(['stage_conversion'], [by, 'stage'], null, false),
  ];
}

export interface Stage {
  stage: string | null;
  conversion: Figure;
  time: Figure | null;
  lost: number;
  open: number;
}

const stageOf = (row: Figure) => row.members['stage'] ?? null;
const many = (answer: Answer | undefined, stage: string | null) => answer?.rows.find((row) => stageOf(row) === stage)?.n ?? 0;

export function stagesOf(answers: readonly Answer[]): Stage[] {
  const [all, lost, open] = answers;
  return (all?.rows ?? [])
    .filter((row) => row.kpi === 'stage_conversion')
    .map((conversion) => {
      const stage = stageOf(conversion);
      const time = all!.rows.find((row) => row.kpi === 'time_in_stage' && stageOf(row) === stage) ?? null;
      return { stage, conversion, time, lost: many(lost, stage), open: many(open, stage) };
    })
    .filter((stage) => stage.conversion.n);
}

/** A grid of what two dimensions cross: a row for each member of the first, by the stages. */
export interface Crossed {
  member: string | null;
  cells: Map<string | null, Figure>;
  n: number;
}

export function crossed(answer: Answer | undefined, by: string): Crossed[] {
  const rows = new Map<string | null, Crossed>();
  for (const row of answer?.rows ?? []) {
    const member = row.members[by] ?? null;
    const found = rows.get(member) ?? { member, cells: new Map(), n: 0 };
    found.cells.set(stageOf(row), row);
    found.n += row.n ?? 0;
    rows.set(member, found);
  }
  return [...rows.values()].filter((row) => row.n);
}

/** From which stage the fewest go on, and in which deals stay longest; of stages that enough deals entered. */
export function bottleneck(stages: readonly Stage[]) {
  const enough = stages.filter((stage) => (stage.conversion.n ?? 0) >= FEW);
  const least = (of: (stage: Stage) => number | null | undefined) =>
    enough.reduce<Stage | null>((best, stage) => (of(stage) != null && (!best || of(stage)! < of(best)!) ? stage : best), null);
  return {
    narrow: least((stage) => stage.conversion.value),
    slow: least((stage) => (stage.time?.value == null ? null : -stage.time.value)),
  };
}

/** The same as a picture, for who takes it along. */
export function draw(stages: readonly Stage[]): Draw {
  return (c) => {
    const bar = (name: string, color: string, of: (stage: Stage) => number) => ({
      name,
      type: 'bar',
      stack: 'deals',
      barWidth: '60%',
      itemStyle: { color },
      label: {
        show: true,
        color: c.raised,
        // What the parts are is said once, in the first stage.
        formatter: ({ value, dataIndex }: { value: number; dataIndex: number }) =>
          value && !dataIndex ? `${name} ${value}` : String(value || ''),
      },
      data: stages.map(of),
    });
    return {
      grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
      tooltip: { formatter: ({ name, value }: { name: string; value: number }) => tip(name, [['', String(value)]]) },
      xAxis: { type: 'value', axisLabel: { color: c.soft }, splitLine: { lineStyle: { color: c.line } } },
      yAxis: {
        type: 'category',
        inverse: true,
        axisLabel: { color: c.text },
        data: stages.map(({ stage, conversion }) => `${stage}  ${percent(conversion.value ?? 0)}`),
      },
      series: [
        bar(t.funnel.passed, c.accent, (stage) => stage.conversion.numerator ?? 0),
        bar(t.funnel.open, c.faint, (stage) => stage.open),
        bar(t.funnel.lost, c.bad, (stage) => stage.lost),
      ],
    };
  };
}
