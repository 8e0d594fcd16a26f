/** A chart as a PNG, for who takes it along. Drawn anew on a canvas: the server's policy lets no picture be made of the one in the page. */
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { colours, type Draw } from './chart';

use([CanvasRenderer]);

const SIZE = { width: 1200, height: 500, edge: 24, head: 56, scale: 2 };

export async function picture(draw: Draw, title: string): Promise<Blob> {
  const paint = colours();
  const { width, height, edge, head, scale } = SIZE;
  const box = document.createElement('div');
  const chart = init(box, null, { renderer: 'canvas', width: width - 2 * edge, height: height - head - edge, devicePixelRatio: scale });
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
  pen.drawImage(chart.renderToCanvas({ pixelRatio: scale }), edge, head, width - 2 * edge, height - head - edge);
  chart.dispose();
  return new Promise((done) => sheet.toBlob((blob) => done(blob!), 'image/png'));
}
