import { load } from 'js-yaml';
import { DAY, type Duration, HOUR, type Instant, MINUTE } from '../../src/time.ts';

/** How the model reads a repository: with a stock YAML parser and eyes of its own. */

export interface Stage {
  readonly name: string;
  /** Who is in: some by chance, some by list, everyone. */
  readonly kind: 'share' | 'list' | 'all';
  readonly dwell: Duration;
  readonly approvals: number;
  readonly weight: number;
}

export interface Check {
  readonly metric: 'errors' | 'slow' | 'failed';
  readonly onBreach: string;
  readonly required: boolean;
  /** How long a breach must last. */
  readonly lasts: Duration;
}

/** A rollout file as it stands. */
export interface Flag {
  readonly text: string;
  readonly kill: boolean;
  readonly phase: string;
  readonly stage: string | undefined;
  /** Of the stage in the ladder; -1 where it is off, or where there is no such stage. */
  readonly index: number;
  readonly since: Instant | undefined;
  /** The variant that the exposed users get. */
  readonly arm: string;
  readonly serving: string;
  readonly control: string;
  readonly approvals: readonly { readonly by: string; readonly stage: string }[];
  readonly pinned: Readonly<Record<string, number>>;
  readonly stages: readonly Stage[];
  /** The stages as they are written, where they come from the config. */
  readonly ladder: string | undefined;
  readonly checks: readonly Check[];
  readonly autoPromote: boolean;
  readonly via: 'commit' | 'pull-request';
  readonly to: 'previous' | 'off';
  readonly commitAfter: Duration | 'never';
  readonly start: Instant | undefined;
  readonly after: string | undefined;
  readonly firstApprovals: number;
  readonly statusKeys: readonly string[];
  /** Which stay in a stage it is, counted by the bot. */
  readonly entry: number;
}

/** The parts of a config that the model goes by. */
export interface Rules {
  readonly ladders: Readonly<Record<string, readonly StageFile[]>>;
  readonly hoursEast: number;
  readonly days: readonly string[];
  readonly hours: string;
  readonly freezes: readonly { readonly from: string; readonly to: string }[];
  readonly onBlind: string;
  readonly rollback: RollbackFile;
  readonly environments: readonly string[];
}

interface StageFile {
  readonly name: string;
  readonly percentage?: number;
  readonly segments?: readonly string[];
  readonly duration: string;
  readonly approvals?: number;
}

interface RollbackFile {
  readonly via?: 'commit' | 'pull-request';
  readonly to?: 'previous' | 'off';
  readonly commit_after?: string;
}

interface RolloutFile {
  readonly kill?: boolean;
  readonly risk?: string;
  readonly fallback?: string;
  readonly stages: string | readonly StageFile[];
  readonly checks?: readonly (string | CheckFile)[];
  readonly auto_promote?: boolean;
  readonly rollback?: RollbackFile;
  readonly start?: string;
  readonly after?: string;
  readonly status?: {
    readonly phase: string;
    readonly stage?: string;
    readonly since?: string;
    readonly serving?: string;
    readonly approvals?: readonly { readonly by: string; readonly stage: string }[];
    readonly entry?: number;
    readonly baseline?: Readonly<Record<string, number>>;
  };
}

interface CheckFile {
  readonly metric: Check['metric'];
  readonly on_breach?: string;
  readonly required?: boolean;
}

interface ConfigFile {
  readonly environments: readonly string[];
  readonly ladders: Rules['ladders'];
  readonly policy: {
    readonly timezone: string;
    readonly advance: { readonly days: readonly string[]; readonly hours: string };
    readonly freezes: Rules['freezes'];
    readonly on_blind: string;
  };
  readonly rollback: RollbackFile;
}

/** The config, or `undefined` where it is no YAML. */
export function readRules(text: string): Rules | undefined {
  const file = parsed<ConfigFile>(text);
  if (!file) return undefined;
  const { timezone, advance, freezes, on_blind: onBlind } = file.policy;
  return {
    ladders: file.ladders,
    hoursEast: timezone === 'Asia/Tokyo' ? 9 : 0,
    ...advance,
    freezes,
    onBlind,
    rollback: file.rollback,
    environments: file.environments,
  };
}

/** A rollout file, or `undefined` where it is no YAML. */
export function readFlag(text: string, rules: Rules): Flag | undefined {
  const file = parsed<RolloutFile>(text);
  if (!file) return undefined;
  const named = typeof file.stages === 'string' ? rules.ladders[file.stages] : undefined;
  const stages = (named ?? (file.stages as readonly StageFile[])).map(readStage);
  const {
    phase,
    stage,
    since,
    serving,
    approvals,
    baseline,
    entry = 1,
  } = file.status ?? { phase: 'pending' };
  const high = file.risk === 'high';
  const rollback = { ...rules.rollback, ...file.rollback };
  const after = rollback.commit_after ?? '15m';
  const gives = serving ?? 'treatment';
  return {
    text,
    kill: file.kill === true,
    phase,
    stage,
    index: stages.findIndex(({ name }) => name === stage),
    since: since === undefined ? undefined : Date.parse(since),
    arm: gives === 'treatment' ? 'on' : gives === 'fallback' ? (file.fallback ?? 'off') : 'off',
    serving: gives,
    control: 'off',
    approvals: approvals ?? [],
    pinned: baseline ?? {},
    stages,
    ladder: named && JSON.stringify(named),
    checks: (file.checks ?? []).map(readCheck),
    autoPromote: file.auto_promote ?? true,
    via: rollback.via ?? (high ? 'commit' : 'pull-request'),
    to: rollback.to ?? 'previous',
    commitAfter: after === 'never' ? after : lengthOf(after),
    start: file.start === undefined ? undefined : Date.parse(file.start),
    after: file.after,
    firstApprovals: Math.max(high ? 1 : 0, stages[0]?.approvals ?? 0),
    statusKeys: Object.keys(file.status ?? {}),
    entry,
  };
}

function readStage(file: StageFile): Stage {
  const share = file.percentage ?? 100;
  return {
    name: file.name,
    kind: share < 100 ? 'share' : file.segments ? 'list' : 'all',
    dwell: lengthOf(file.duration),
    approvals: file.approvals ?? 0,
    weight: share * 1000,
  };
}

function readCheck(file: string | CheckFile): Check {
  const {
    metric,
    on_breach: onBreach,
    required,
  } = typeof file === 'string' ? ({ metric: file } as CheckFile) : file;
  return {
    metric,
    onBreach: onBreach ?? 'rollback',
    required: required ?? true,
    lasts: metric === 'errors' ? 0 : 10 * MINUTE,
  };
}

function lengthOf(text: string): Duration {
  return Number.parseInt(text, 10) * { m: MINUTE, h: HOUR, d: DAY }[text.at(-1) as 'm' | 'h' | 'd'];
}

function parsed<T>(text: string): T | undefined {
  try {
    const value = load(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether anybody gets something because of the flag. */
export const isExposed = (flag: Flag): boolean =>
  !flag.kill && flag.phase !== 'pending' && flag.stage !== undefined && flag.serving !== 'control';

/** How far up a flag is: 0 is off, then its stages, then completed. */
export function rank(flag: Flag): number {
  if (flag.phase === 'pending' || flag.stage === undefined || flag.serving === 'control') return 0;
  return flag.phase === 'completed' ? flag.stages.length + 1 : flag.index + 1;
}

/** What a file says, but for comments and approvals: where that changes, the clock starts again. */
export function meaningOf(text: string): string {
  const file = parsed<RolloutFile>(text);
  const { approvals: _, ...status } = file?.status ?? {};
  return JSON.stringify(file ? { ...file, status } : text);
}

/** What is not the status: the bot may touch none of it. Comments in the status are kept apart. */
export function beyondStatus(text: string): { readonly rest: string; readonly comments: string[] } {
  const rest: string[] = [];
  const comments: string[] = [];
  let inside = false;
  // A byte order mark stays in front of whatever line comes first.
  const [, mark = '', body = ''] = /^(\uFEFF?)([\s\S]*)$/.exec(text) ?? [];
  for (const line of body.split('\n')) {
    if (/^status:/.test(line)) inside = true;
    else if (/^\S/.test(line)) inside = false;
    const comment = /(?:^|\s)#.*$/.exec(line)?.[0].trim();
    if (!inside) rest.push(line);
    else if (comment !== undefined) comments.push(comment);
  }
  const kept = rest.filter((line) => !/^kill:/.test(line)).join('\n');
  return { rest: mark + kept.trimEnd(), comments };
}
