import type { RuleId } from '../../src/model/config.ts';
import {
  issueCommentEvent,
  pullRequestEvent,
  pushEvent,
  scheduleEvent,
  type Trigger,
} from '../github/events.ts';
import type { Repository } from '../github/repository.ts';
import { type Ran, runAction } from '../github/runner.ts';
import { GitHub, type NewRepository } from '../github/server.ts';
import { onlyRules } from './rules.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A moment so many hours ago, as files write it. */
export const ago = (hours: number): string =>
  new Date(Math.floor((Date.now() - hours * HOUR) / 1000) * 1000)
    .toISOString()
    .replace('.000Z', 'Z');

/** The rules that a review of these files is about. */
const RULES: readonly RuleId[] = [
  'jump-to-full',
  'rollout-too-short',
  'stage-too-short',
  'unknown-stage',
  'status-written-by-hand',
  'variants-changed',
  'dates-changed-by-hand',
  'live-rollout-deleted',
  'target-removed',
  'new-credential-host',
];

/** Flags may move at any hour, so that the tests may run at any hour. */
export const CONFIG = `providers:
  recorded: {type: replay, path: metrics.csv, lookback: 365d}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
policy:
  advance: {days: [mon, tue, wed, thu, fri, sat, sun], hours: '00:00-24:00'}
  rules: ${onlyRules(...RULES)}
targets: [{type: json, path: flags/exposures.json}]
`;

export const STAGES = `[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 7d}, {name: full, percentage: 100, duration: 1d}]`;

/** A rollout file, with a status in flow style where one is given. */
export function flag(name: string, status?: string, more = ''): string {
  return `# What ${name} is about.
flag: ${name}
owners: ['@ada', '@acme/payments']
stages: ${STAGES}
checks: [errors]
${more}${status === undefined ? '' : `status: ${status}   # where it is\n`}`;
}

/** In a stage since so many hours. */
export const inStage = (stage: string, hours: number, phase = 'progressing'): string =>
  `{phase: ${phase}, stage: ${stage}, since: ${ago(hours)}, started: ${ago(hours)}}`;

/** Errors of a flag's arms, from long ago until now. */
export function metrics(flags: Readonly<Record<string, number>>): string {
  const rows = Object.entries(flags).flatMap(([name, value]) => [
    `${ago(200)},errors ${name} off,0.001`,
    `${ago(200)},errors ${name} on,${value}`,
  ]);
  return `time,series,value\n${rows.join('\n')}\n`;
}

/** A repository on a GitHub of its own, and the Action to be run in it. */
export interface Shop {
  readonly github: GitHub;
  readonly repository: Repository;
  /** GITHUB_TOKEN, unless the test made another. */
  readonly token: string;
  tick(options?: RunOptions): Promise<Ran>;
  /** A push that has happened, from a commit on. */
  push(before: Parameters<typeof pushEvent>[2], options?: RunOptions): Promise<Ran>;
  review(number: number, options?: RunOptions): Promise<Ran>;
  /** What somebody says on a pull request, and the run that it starts. */
  say(number: number, user: string, body: string, options?: RunOptions): Promise<Ran>;
  comment(number: number, user: string, body: string): number;
  run(trigger: Trigger, options?: RunOptions): Promise<Ran>;
}

export type RunOptions = Partial<Parameters<typeof runAction>[1]>;

const open: GitHub[] = [];

export async function openShop(
  files: Readonly<Record<string, string>>,
  options: Omit<NewRepository, 'files'> = {},
): Promise<Shop> {
  const github = await GitHub.start();
  open.push(github);
  const repository = await github.createRepository('acme/shop', {
    date: Date.now() - 30 * DAY,
    ...options,
    files: { '.github/sluice.yml': CONFIG, ...files },
  });
  repository.setPermission('ada', 'admin');
  repository.setPermission('grace', 'write');
  const token = github.token({ kind: 'actions', repository });
  const run = (trigger: Trigger, more: RunOptions = {}): Promise<Ran> =>
    // The workflow of commands checks nothing out.
    runAction(github, {
      token,
      ...(trigger.event === 'issue_comment' ? { checkout: 'none' as const } : {}),
      ...trigger,
      ...more,
    });
  const comment = (number: number, user: string, body: string): number =>
    repository.comment(number, { user, body });
  return {
    github,
    repository,
    token,
    run,
    comment,
    tick: async (more) => run(await scheduleEvent(github, repository), more),
    push: async (before, more) => run(await pushEvent(github, repository, before), more),
    review: async (number, more) => run(await pullRequestEvent(github, repository, number), more),
    say: async (number, user, body, more) =>
      run(await issueCommentEvent(github, repository, comment(number, user, body)), more),
  };
}

/** Closes every GitHub, and fails where one of them was misunderstood. */
export async function closeShops(): Promise<void> {
  for (const github of open.splice(0)) await github.close();
}
