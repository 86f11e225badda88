import type { Verdict } from '../judge/verdict.ts';
import { formatValue } from '../rollout/units.ts';
import { approximateDuration } from '../time.ts';
import { code, table } from './markdown.ts';
import { limitOf } from './verdicts.ts';

/** What was measured against what, as a Markdown table: a row a check. */
export function evidenceTable(verdicts: readonly Verdict[]): string {
  return table(
    ['Check', 'Verdict', 'Value', 'Limit', 'Baseline', 'Samples', 'Window'],
    verdicts.map((verdict) => {
      const { check, evidence } = verdict;
      const show = (value: number | undefined): string =>
        value === undefined ? '—' : formatValue(value, check.metric.unit);
      const limit = limitOf(evidence.limits);
      return [
        code(check.metric.name),
        verdictIn(verdict),
        show(evidence.value),
        limit ? `${show(limit.threshold)} (${code(limit.name)})` : '—',
        evidence.baseline
          ? `${show(evidence.baseline.value)} (${evidence.baseline.from})`
          : evidence.control === undefined
            ? '—'
            : `${show(evidence.control)} (control)`,
        evidence.samples === undefined ? '—' : Math.floor(evidence.samples).toLocaleString('en-US'),
        approximateDuration(evidence.window),
      ];
    }),
  );
}

function verdictIn(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return '✅ pass';
    case 'warn':
      return '⚠️ warn';
    case 'breach':
      return '❌ **breach**';
    case 'insufficient':
    case 'unavailable':
      return `${verdict.kind} (${verdict.reason})`;
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
