import type { Instant } from '../../src/time.ts';
import type { Random } from './random.ts';
import { random } from './random.ts';

/** What the config of a repository says; people change some of it as time goes by. */
export interface House {
  readonly environments: readonly string[];
  readonly timezone: 'UTC' | 'Asia/Tokyo';
  readonly days: readonly string[];
  readonly hours: string;
  readonly freezes: readonly { readonly from: string; readonly to: string }[];
  readonly onBlind: 'hold' | 'pause' | 'rollback';
  readonly rollback: string;
  /** Hours in the stage `quarter` of the ladder `brisk`. */
  readonly quarter: number;
}

export const CONFIG_PATH = '.github/sluice.yml';
export const TARGET_PATH = 'flags/exposures.json';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export function drawHouse(seed: string): House {
  const draw = random(seed, 'house');
  const anyTime = draw.chance(0.4);
  return {
    environments: draw.chance(0.3) ? ['staging', 'production'] : ['production'],
    timezone: draw.chance(0.5) ? 'UTC' : 'Asia/Tokyo',
    days: anyTime ? WEEK : WEEK.slice(0, 5),
    hours: anyTime ? '00:00-24:00' : draw.pick(['08:00-20:00', '20:00-08:00']),
    freezes: [],
    onBlind: draw.weighted({ hold: 6, pause: 1, rollback: 1 }),
    rollback: draw.pick([
      '{}',
      '{via: commit}',
      '{via: pull-request}',
      '{via: pull-request, commit_after: 1h}',
      '{commit_after: never}',
      '{to: off}',
    ]),
    quarter: 2,
  };
}

export function configText(house: House): string {
  const freezes = house.freezes.map(({ from, to }) => `{from: ${from}, to: ${to}}`).join(', ');
  return `environments: [${house.environments.join(', ')}]
providers:
  prod: {type: prometheus, url: 'https://prod.example'}
  other: {type: prometheus, url: 'https://other.example'}
metrics:
  errors: {provider: prod, unit: ratio, query: 'errors {{flag}}@{{environment}} {{variant}}', limits: {max: 1%}}
  slow:
    provider: other
    unit: milliseconds
    query: 'slow {{flag}}@{{environment}} {{variant}}'
    for: 10m
    limits: {max_increase: 50%}
    warn: {max_increase: 25%}
  failed:
    provider: prod
    unit: ratio
    query: 'failed {{flag}}@{{environment}} {{variant}}'
    samples: 'total {{flag}}@{{environment}} {{variant}} {{window}}'
    for: 10m
    limits: {max: 2%}
ladders:
  brisk:
    - {name: canary, percentage: 5, duration: 1h}
    - {name: quarter, percentage: 25, duration: ${house.quarter}h}
    - {name: full, percentage: 100, duration: 2h}
policy:
  timezone: ${house.timezone}
  advance: {days: [${house.days.join(', ')}], hours: '${house.hours}'}
  freezes: [${freezes}]
  risk: {high: {approvals: 1}}
  on_blind: ${house.onBlind}
  rules: {advance-out-of-hours: 'off'}
rollback: ${house.rollback}
targets: [{type: json, path: ${TARGET_PATH}}]
`;
}

/** `rollouts/[<environment>/]<flag>.yaml` by the flag's key. */
export function pathOf(key: string, environments: readonly string[]): string {
  const [flag = '', environment = ''] = key.split('@');
  return environments.length > 1 ? `rollouts/${environment}/${flag}.yaml` : `rollouts/${flag}.yaml`;
}

/** The key of what a path holds, whether its name ends in `.yaml` or `.yml`; else `undefined`. */
export function keyOf(path: string, environments: readonly string[]): string | undefined {
  const [, folder, flag] = /^rollouts\/(?:([a-z]+)\/)?(\w+)\.ya?ml$/.exec(path) ?? [];
  return flag === undefined ? undefined : `${flag}@${folder ?? environments[0]}`;
}

const INLINE = `
  - {name: internal, segments: [employees], duration: 1h}   # us first
  - {name: canary, percentage: 5, duration: 2h}
  - {name: half, percentage: 50, duration: 2h, approvals: 1}
  - {name: full, percentage: 100, duration: 3h}`;

const SHORT = `
  # small steps
  - name: canary
    percentage: 1
    duration: 30m
  - name: most
    percentage: 60
    duration: 90m
  - name: full
    percentage: 100
    duration: 1h`;

export function drawRollout(seed: string, key: string, house: House, from: Instant): string {
  const draw = random(seed, 'file', key);
  const [flag = '', environment] = key.split('@');
  const after = environment === 'production' && house.environments.length > 1;
  const simple = draw.chance(0.4);
  return [
    `# What ${flag} is about.`,
    `flag: ${flag}   # as the code asks for it`,
    "owners: ['@ada', '@lin']",
    `risk: ${draw.pick(['low', 'medium', 'high'])}`,
    ...(simple ? ["variants: {'on': 1, 'off': 0, simple: 2}", 'fallback: simple'] : []),
    `stages: ${draw.pick(['brisk', 'brisk', INLINE, SHORT])}`,
    `checks:${drawChecks(draw)}`,
    ...(after && draw.chance(0.5) ? ['after: staging'] : []),
    ...(draw.chance(0.15) ? ['auto_promote: false'] : []),
    ...(draw.chance(0.1) ? [`start: ${new Date(from + 3_600_000).toISOString()}`] : []),
    ...(draw.chance(0.4)
      ? [
          `rollback: ${draw.pick(['{via: commit}', '{via: pull-request}', '{commit_after: never}', '{to: off}', '{via: pull-request, commit_after: 5m}'])}`,
        ]
      : []),
    ...draw.pick([
      [],
      ['status: {phase: pending}   # where it is'],
      ['status:', '  phase: pending'],
    ]),
    '# The end.',
    '',
  ].join('\n');
}

function drawChecks(draw: Random): string {
  const onBreach = (): string =>
    draw.pick(['', '', '', ', on_breach: degrade', ', on_breach: pause', ', on_breach: warn']);
  const required = (): string => (draw.chance(0.15) ? ', required: false' : '');
  const lines = [`\n  - {metric: errors, max: 1%${onBreach()}${required()}}`];
  if (draw.chance(0.6)) lines.push(`\n  - {metric: slow${onBreach()}${required()}}   # as fast`);
  if (draw.chance(0.5)) lines.push('\n  - failed');
  return lines.join('');
}
