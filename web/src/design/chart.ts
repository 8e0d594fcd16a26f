/** ECharts, imported by part, in the colours of the tokens. Nothing of it is written into the page as HTML with styles, which the server's policy would not let in. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export interface Colours {
  text: string;
  soft: string;
  faint: string;
  line: string;
  raised: string;
  accent: string;
  warn: string;
  bad: string;
  good: string;
}
export type Draw = (colours: Colours) => EChartsCoreOption;

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    soft: of('soft'),
    faint: of('faint'),
    line: of('line'),
    raised: of('raised'),
    accent: of('accent'),
    warn: of('warn'),
    bad: of('bad'),
    good: of('good'),
  };
}

/** A tooltip's lines as elements: what each is, and how much. */
export function tip(title: string, lines: [string, string][]): HTMLElement {
  const box = document.createElement('div');
  const head = box.appendChild(document.createElement('b'));
  head.textContent = title;
  for (const [name, value] of lines) {
    const line = box.appendChild(document.createElement('p'));
    line.className = 'tip';
    line.append(
      Object.assign(document.createElement('span'), { textContent: name }),
      Object.assign(document.createElement('b'), { textContent: value }),
    );
  }
  return box;
}

const charts = new WeakMap<HTMLElement, EChartsType>();

/** Draws into a box that has a height; what comes back ends it. */
export function show(box: HTMLElement, draw: Draw): () => void {
  const chart = charts.get(box) ?? init(box, null, { renderer: 'svg' });
  charts.set(box, chart);
  const paint = colours();
  chart.setOption(
    {
      animationDuration: 250,
      animationDurationUpdate: 250,
      textStyle: { fontFamily: getComputedStyle(box).fontFamily, color: paint.soft, fontSize: 11 },
      ...draw(paint),
    },
    { notMerge: true },
  );
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(box);
  return () => watch.disconnect();
}
