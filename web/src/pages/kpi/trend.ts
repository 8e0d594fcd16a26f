import type { Answer } from '../../api/client';
import type { Draw } from '../../design/chart';
import { figure, NONE, type Shown } from '../../text/format';

/** The periods as a line, the same a year ago thin behind it; the running period hangs on it dotted. */
export function trend(answer: Answer, how: Shown): Draw {
  const rows = answer.rows;
  const last = rows.length - 1;
  const runs = rows[last]?.flags.includes('running') ?? false;
  const settled = rows.map((row, i) => (runs && i === last ? null : row.value));
  const running = rows.map((row, i) => (runs && i >= last - 1 ? row.value : null));
  return (c) => ({
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: rows.map((row) => row.period.name),
      axisLine: { lineStyle: { color: c.line } },
      axisTick: { show: false },
      axisLabel: { color: c.faint, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: how.unit === 'ratio',
      splitNumber: 4,
      splitLine: { lineStyle: { color: c.line } },
      axisLabel: { color: c.faint, formatter: (value: number) => figure(value, how, true) },
    },
    tooltip: {
      trigger: 'axis',
      backgroundColor: c.raised,
      borderColor: c.line,
      padding: [8, 10],
      textStyle: { color: c.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: c.faint } },
      formatter: (points: { dataIndex: number }[]) => {
        const row = rows[points[0]?.dataIndex ?? 0];
        const box = document.createElement('div');
        box.className = 'tip';
        box.textContent = row
          ? `${row.period.name}  ${figure(row.value, how)}  ·  ${row.compared?.period.name ?? ''} ${row.compared ? figure(row.compared.value, how) : NONE}  ·  n ${row.n}`
          : '';
        return box;
      },
    },
    series: [
      {
        type: 'line',
        data: rows.map((row) => row.compared?.value ?? null),
        symbol: 'none',
        lineStyle: { color: c.faint, width: 1 },
        itemStyle: { color: c.faint },
        silent: true,
      },
      {
        type: 'line',
        data: settled,
        symbol: 'circle',
        symbolSize: 5,
        lineStyle: { color: c.accent, width: 2 },
        itemStyle: { color: c.accent },
      },
      {
        type: 'line',
        data: running,
        symbol: 'circle',
        symbolSize: 5,
        lineStyle: { color: c.accent, width: 2, type: [2, 4] },
        itemStyle: { color: c.accent },
      },
    ],
  });
}
