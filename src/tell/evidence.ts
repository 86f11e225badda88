import { formatValue, grouped } from '../model/units.ts';
import type { Verdict } from '../model/verdict.ts';
import { approximateDuration } from '../time.ts';
import { code, table } from './markdown.ts';
import { limitOf } from './verdicts.ts';

/** The columns of evidence, wherever it is shown. */
export const EVIDENCE_COLUMNS = [
  'Check',
  'Verdict',
  'Value',
  'Limit',
  'Baseline',
  'Samples',
  'Window',
] as const;

/** What was measured against what, as plain text: a cell a column. */
export function evidenceRow(verdict: Verdict): readonly string[] {
  const { check, evidence, kind } = verdict;
  const show = (value: number | undefined): string =>
    value === undefined ? '—' : formatValue(value, check.metric.unit);
  const limit = limitOf(evidence.limits);
  const level = evidence.baseline ?? { value: evidence.control, from: 'control' };
  return [
    check.metric.name,
    kind === 'insufficient' || kind === 'unavailable' ? `${kind} (${verdict.reason})` : kind,
    show(evidence.value),
    limit ? `${show(limit.threshold)} (${limit.name})` : '—',
    level.value === undefined ? '—' : `${show(level.value)} (${level.from})`,
    evidence.samples === undefined ? '—' : grouped(Math.floor(evidence.samples)),
    approximateDuration(evidence.window),
  ];
}

/** The same as a Markdown table, with a mark that is seen before it is read. */
export function evidenceTable(verdicts: readonly Verdict[]): string {
  return table(
    EVIDENCE_COLUMNS,
    verdicts.map((verdict) => {
      const [name = '', said = '', ...rest] = evidenceRow(verdict);
      return [code(name), markOf(verdict, said), ...rest];
    }),
  );
}

function markOf({ kind }: Verdict, said: string): string {
  switch (kind) {
    case 'pass':
      return `✅ ${said}`;
    case 'warn':
      return `⚠️ ${said}`;
    case 'breach':
      return `❌ **${said}**`;
    default:
      return said;
  }
}

/** The queries behind a table, a line each. */
export function queryList(verdicts: readonly Verdict[]): string {
  return verdicts
    .filter(({ evidence }) => evidence.query !== '')
    .map(({ check, evidence }) => `- ${code(check.metric.name)}: ${code(evidence.query, 2000)}`)
    .join('\n');
}

/**
 * A breaching series against its limit and control, as a Mermaid chart; nothing where there are
 * not two points to draw.
 */
export function chart(verdicts: readonly Verdict[]): string | undefined {
  const worst =
    verdicts.find(({ kind }) => kind === 'breach') ?? verdicts.find(({ kind }) => kind === 'warn');
  const points = worst?.evidence.points.filter(({ value }) => Number.isFinite(value)) ?? [];
  if (!worst || points.length < 2) return undefined;
  const { check, evidence } = worst;
  const limit = limitOf(evidence.limits)?.threshold;
  const level = evidence.baseline?.value ?? evidence.control;
  const against = evidence.baseline ? 'baseline' : 'control';
  const scale = check.metric.unit === 'ratio' ? 100 : 1;
  const line = (values: readonly number[]): string =>
    `  line [${values.map((value) => Number((value * scale).toPrecision(4))).join(', ')}]`;
  const flat = (value: number): string => line(points.map(() => value));
  const shown = [...points.map(({ value }) => value), limit ?? 0, level ?? 0].map((v) => v * scale);
  const top = Math.max(...shown) * 1.1 || 1;
  const times = points.map(({ at }) => `"${new Date(at).toISOString().slice(11, 16)}"`);
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${check.metric.name}: measured${limit === undefined ? '' : ', limit'}${level === undefined ? '' : `, ${against}`}"`,
    `  x-axis [${times.join(', ')}]`,
    `  y-axis "${scale === 100 ? 'percent' : check.metric.unit}" ${Math.min(0, ...shown)} --> ${Number(top.toPrecision(3))}`,
    line(points.map(({ value }) => value)),
    ...(limit === undefined ? [] : [flat(limit)]),
    ...(level === undefined ? [] : [flat(level)]),
    '```',
  ].join('\n');
}
