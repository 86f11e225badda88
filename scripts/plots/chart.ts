/** A chart in a few lines of SVG: panels side by side, one legend, dark text on white. */

export interface Axis {
  /** What it is, with its unit. */
  readonly name: string;
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly (readonly [at: number, text: string])[];
}

export type Point = readonly [x: number, y: number];

/** How something is drawn in every panel, and its line in the legend. */
export interface Style {
  readonly name: string;
  readonly colour: string;
  readonly dashes?: string;
  /** A filled area, given as a closed outline, instead of a line. */
  readonly area?: boolean;
}

/** A straight line across a panel, with words beside it. */
export interface Rule {
  readonly along: 'x' | 'y';
  /** Where on the other axis. */
  readonly at: number;
  readonly text: string;
  /** Where on its own axis the words begin. */
  readonly textAt: number;
}

export interface Drawn {
  readonly style: Style;
  readonly points: readonly Point[];
  /** Words at the last point, and how far below it they stand. */
  readonly end?: readonly [words: string, below: number];
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly drawn: readonly Drawn[];
  readonly rules?: readonly Rule[];
}

export interface Chart {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly legend: readonly Style[];
}

const WIDTH = 860;
const HEIGHT = 400;
const [LEFT, RIGHT, TOP, BOTTOM] = [78, 24, 92, 56];
const TEXT = '#1a1a1a';
const FAINT = '#d8d8d8';
/** About as wide as a letter of the legend. */
const LETTER = 6.7;

/** The text of an SVG file. The same chart gives the same bytes. */
export function svg({ title, panels, legend }: Chart): string {
  const width = WIDTH / panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" fill="${TEXT}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(16, 24, title, 'font-size="15" font-weight="600"'),
    ...legendOf(legend),
    ...panels.flatMap((panel, index) => panelOf(panel, index * width, width)),
    '</svg>',
    '',
  ].join('\n');
}

function legendOf(styles: readonly Style[]): readonly string[] {
  let x = 16;
  return styles.flatMap((style) => {
    const at = x;
    x += 34 + style.name.length * LETTER + 14;
    const sample: readonly Point[] = style.area
      ? [
          [at, 41],
          [at + 26, 41],
          [at + 26, 51],
          [at, 51],
        ]
      : [
          [at, 46],
          [at + 26, 46],
        ];
    return [path(style, sample), text(at + 33, 50, style.name)];
  });
}

function panelOf({ title, x, y, drawn, rules = [] }: Panel, left: number, width: number) {
  const [x0, x1] = [left + LEFT, left + width - RIGHT];
  const [y0, y1] = [HEIGHT - BOTTOM, TOP];
  const across = (at: number): number => x0 + (x1 - x0) * shareOf(x, at);
  const up = (at: number): number => y0 + (y1 - y0) * shareOf(y, at);
  return [
    text(x0, y1 - 12, title, 'font-weight="600"'),
    ...y.ticks.flatMap(([at, label]) => [
      line(x0, up(at), x1, up(at), FAINT),
      text(x0 - 8, up(at) + 4, label, 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap(([at, label]) => [
      line(across(at), y0, across(at), y0 + 5, TEXT),
      text(across(at), y0 + 20, label, 'text-anchor="middle"'),
    ]),
    line(x0, y0, x1, y0, TEXT),
    line(x0, y0, x0, y1, TEXT),
    text((x0 + x1) / 2, HEIGHT - 12, x.name, 'text-anchor="middle"'),
    upwards(left + 16, (y0 + y1) / 2, y.name),
    ...drawn.map(({ style, points }) =>
      path(
        style,
        points.map(([a, b]) => [across(a), up(b)]),
      ),
    ),
    ...drawn.flatMap(({ end, points }) => {
      const last = points.at(-1);
      if (!end || !last) return [];
      return [text(across(last[0]), up(last[1]) + end[1], end[0], 'text-anchor="end"')];
    }),
    ...rules.flatMap(({ along, at, text: words, textAt }) =>
      along === 'x'
        ? [line(x0, up(at), x1, up(at), TEXT), text(across(textAt), up(at) - 6, words)]
        : [line(across(at), y0, across(at), y1, TEXT), text(across(at) + 6, up(textAt), words)],
    ),
  ];
}

/** How far along an axis a value lies; what is past an end lies on it. */
function shareOf({ scale, from, to }: Axis, at: number): number {
  const on = scale === 'log' ? Math.log : (value: number) => value;
  return Math.min(1, Math.max(0, (on(at) - on(from)) / (on(to) - on(from))));
}

function path({ colour, dashes, area }: Style, points: readonly Point[]): string {
  const steps = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${tenth(x)} ${tenth(y)}`);
  if (area) return `<path d="${steps.join('')}Z" fill="${colour}" fill-opacity="0.35"/>`;
  const dashed = dashes ? ` stroke-dasharray="${dashes}"` : '';
  return `<path d="${steps.join('')}" fill="none" stroke="${colour}" stroke-width="2"${dashed}/>`;
}

const line = (x1: number, y1: number, x2: number, y2: number, colour: string): string =>
  `<line x1="${tenth(x1)}" y1="${tenth(y1)}" x2="${tenth(x2)}" y2="${tenth(y2)}" stroke="${colour}"/>`;

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${tenth(x)}" y="${tenth(y)}"${more && ` ${more}`}>${escaped(words)}</text>`;

const upwards = (x: number, y: number, words: string): string =>
  text(x, y, words, `text-anchor="middle" transform="rotate(-90 ${tenth(x)} ${tenth(y)})"`);

/** Finer than a screen shows, and coarse enough that rounding of numbers does not tell. */
const tenth = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
