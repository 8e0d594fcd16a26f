/** A chart as a PNG, for who takes it along. Drawn anew on a canvas: the server's policy lets no picture be made of the one in the page. */
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { colours, type Draw } from './chart';

use([CanvasRenderer]);

const SIZE = { width: 1200, chart: 420, edge: 24, head: 56, line: 22, scale: 2 };

/** `below`: what is written under it, a line each. */
export async function picture(draw: Draw, title: string, below: string[] = []): Promise<Blob> {
  const paint = colours();
  const { width, edge, head, line, scale } = SIZE;
  const height = head + SIZE.chart + below.length * line + edge;
  const box = document.createElement('div');
  const chart = init(box, null, { renderer: 'canvas', width: width - 2 * edge, height: SIZE.chart, devicePixelRatio: scale });
  const font = getComputedStyle(document.body).fontFamily;
  chart.setOption({ animation: false, textStyle: { fontFamily: font, color: paint.soft, fontSize: 12 }, ...draw(paint) });
  const sheet = Object.assign(document.createElement('canvas'), { width: width * scale, height: height * scale });
  const pen = sheet.getContext('2d')!;
  pen.scale(scale, scale);
  pen.fillStyle = paint.raised;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = paint.text;
  pen.font = `600 18px ${font}`;
  pen.fillText(title, edge, 36);
  pen.drawImage(chart.renderToCanvas({ pixelRatio: scale }), edge, head, width - 2 * edge, SIZE.chart);
  pen.fillStyle = paint.soft;
  pen.font = `13px ${font}`;
  below.forEach((words, i) => pen.fillText(words, edge, head + SIZE.chart + (i + 1) * line));
  chart.dispose();
  return new Promise((done) => sheet.toBlob((blob) => done(blob!), 'image/png'));
}
