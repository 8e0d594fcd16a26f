/** What a KPI should be in each period of the trend, as far as there are targets of whom it is drawn. */
import type { Kpi, Span } from '../../api/client';
import type { Target } from './notes';

/** Values that do not add up (rates, medians, levels) should be the same on each of the target's days. */
const isLevel = (kpi: Kpi, target: Target) =>
  kpi.unit !== 'money' && kpi.unit !== 'count' ? true : target.kind === 'above' || target.kind === 'below';

/** `running`: the target of the last period, which may be its share of a longer one. */
export function goalsOf(kpi: Kpi, spans: Span[], targets: Target[], running: number | null): (number | null)[] {
  const agreed = targets.filter((target) => target.state === 'agreed' && target.target_value !== null);
  return spans.map((span, i) => {
    if (i === spans.length - 1 && running !== null) return running;
    const exact = agreed.find((target) => target.start === span.start && target.end === span.end);
    const level = agreed.find((target) => isLevel(kpi, target) && target.start <= span.start && target.end >= span.end);
    return (exact ?? level)?.target_value ?? null;
  });
}
