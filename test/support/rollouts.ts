/** Texts of the files a user writes, for scenarios. */

/** `june(2, '09:05')`: a moment of June 2026, whose first day is a Monday. */
export function june(day: number, time: string): string {
  return `2026-06-${String(day).padStart(2, '0')}T${time}:00Z`;
}

export interface RolloutText {
  readonly risk?: string;
  readonly stages?: string;
  readonly checks?: string;
  /** Lines of their own, such as `rollback: {to: off}`. */
  readonly more?: string;
  /** The `status:` mapping in flow style, such as `{phase: pending}`. */
  readonly status?: string;
}

/** Three stages, a day each but for the last. */
export const STAGES = `
  - {name: canary, percentage: 5, duration: 1d}     # a few
  - {name: quarter, percentage: 25, duration: 1d}
  - {name: full, percentage: 100, duration: 1d}`;

/** A rollout file with comments that nobody may lose. */
export function rolloutText(flag: string, text: RolloutText = {}): string {
  const { risk = 'medium', stages = STAGES, checks = '[errors]', more, status } = text;
  return [
    `# What ${flag} is about.`,
    `flag: ${flag}   # as the code asks for it`,
    "owners: ['@acme/payments']",
    `risk: ${risk}`,
    `stages: ${stages}`,
    `checks: ${checks}`,
    ...(more === undefined ? [] : [more]),
    ...(status === undefined ? [] : [`status: ${status}   # where it is`]),
    '# The end.',
    '',
  ].join('\n');
}

/** A status in the middle of a rollout. */
export function inStage(stage: string, since: string, more = ''): string {
  return `{phase: progressing, stage: ${stage}, since: ${since}, started: ${since}${more}}`;
}

/** A config whose metrics are recorded in `metrics.csv`: a value counts until the next one. */
export const REPLAY_CONFIG = `providers:
  recorded: {type: replay, path: metrics.csv, lookback: 365d}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
rollback: {via: commit}
targets: [{type: json, path: flags/exposures.json}]
`;

/** Rows of a recording: `recording([june(1, '00:00'), 'errors demo on', 0.001])`. */
export function recording(
  ...rows: readonly (readonly [at: string, series: string, value: number | string])[]
): string {
  return `time,series,value\n${rows.map((row) => `${row.join(',')}\n`).join('')}`;
}
