import { createHash } from 'node:crypto';
import { defined } from '../../defined.ts';
import type { RolloutFile } from '../../generated/files.ts';
import { carries } from '../../model/carries.ts';
import type { Config } from '../../model/config.ts';
import type { Json } from '../../model/json.ts';
import type { Finding } from '../../model/problem.ts';
import type { Ladder, Rollout, Stage, Status } from '../../model/rollout.ts';
import { didYouMean } from '../../model/suggest.ts';
import { checkFile } from '../schema-findings.ts';
import { readCheck } from './checks.ts';
import {
  DEFAULT_COMMIT_AFTER,
  error,
  instant,
  percentage,
  type Report,
  readRollback,
} from './parts.ts';
import { readStages } from './stages.ts';
import { reviewTraffic } from './traffic.ts';
import { readTrials } from './trial.ts';

/** The control of a file that names none. */
export const DEFAULT_CONTROL = 'off';

/** What a file holds: a rollout where nothing in it is an error, and all that is to be said of it. */
export interface Parsed {
  readonly rollout?: Rollout;
  readonly findings: readonly Finding[];
}

/**
 * Reads a rollout from the value of its file: schema first, then what a schema cannot say.
 * Pure; positions are found by whoever has the text.
 *
 * @param file path in the repository: it names the flag, and its folder the environment
 */
export function parseRollout(file: string, value: Json, config: Config): Parsed {
  const checked = checkFile('rollout', value);
  if (checked.kind === 'invalid') return { findings: checked.findings };
  const findings: Finding[] = [];
  const report: Report = (finding) => findings.push(finding);
  const rollout = readRollout(file, checked.file, config, report);
  for (const target of config.targets) {
    if (!carries(target, rollout)) continue;
    switch (target.holds) {
      case 'flags':
        break;
      case 'traffic':
        reviewTraffic(rollout, target, report);
        break;
      default:
        target satisfies never;
    }
  }
  return findings.some((finding) => finding.severity === 'error')
    ? { findings }
    : { rollout, findings };
}

function readRollout(path: string, file: RolloutFile, config: Config, report: Report): Rollout {
  const environment = readEnvironment(path, file, config, report);
  const names = readVariants(file, report);
  const start = optional('start', file.start, report);
  const end = optional('end', file.end, report);
  if (start !== undefined && end !== undefined && end <= start) {
    report(error(['end'], 'bad-value', '`end` is not after `start`'));
  }
  const { ladder, stages } = readLadder(file, config, report);
  const effective = capped(stages, percentage(file.cap));
  const risk = file.risk ?? 'medium';
  return {
    key: `${file.flag}@${environment}`,
    file: path,
    flag: file.flag,
    environment,
    ...(file.after === undefined
      ? {}
      : { after: readAfter(file.after, environment, config, report) }),
    description: file.description ?? '',
    owners: file.owners,
    risk,
    ...defined({ expires: optional('expires', file.expires, report) }),
    strategy: file.strategy ?? 'canary',
    ...names,
    bucketBy: file.bucket_by ?? 'targetingKey',
    allow: file.allow ?? [],
    block: file.block ?? [],
    ...defined({ start, end }),
    ladder,
    stages: effective,
    trials: readTrials(effective, {
      config,
      labels: file.labels ?? {},
      inline: typeof file.stages !== 'string',
      report,
    }),
    checks: (file.checks ?? []).flatMap((check, index) =>
      readCheck(typeof check === 'string' ? { metric: check } : check, ['checks', index], {
        file,
        config,
        report,
      }),
    ),
    autoPromote: file.auto_promote ?? true,
    rollback: {
      via: risk === 'high' ? 'commit' : 'pull-request',
      to: 'previous',
      commitAfter: DEFAULT_COMMIT_AFTER,
      autoMerge: true,
      ...config.rollback,
      ...readRollback(file.rollback),
    },
    labels: file.labels ?? {},
    unchecked: Object.entries(file.checklist ?? {}).flatMap(([line, done]) => (done ? [] : [line])),
    successCriteria: file.success_criteria ?? [],
    kill: file.kill ?? false,
    status: readStatus(file, report),
  };
}

/** A cap turns every larger share into the cap itself, so that everything downstream sees it. */
function capped(stages: readonly Stage[], cap = 100): readonly Stage[] {
  return cap >= 100
    ? stages
    : stages.map((stage) =>
        stage.shadow ? stage : { ...stage, percentage: Math.min(stage.percentage ?? 100, cap) },
      );
}

function readEnvironment(path: string, file: RolloutFile, config: Config, report: Report): string {
  const [stem, ...folders] = path
    .replace(/\.ya?ml$/, '')
    .split('/')
    .reverse();
  if (stem !== file.flag) {
    report(
      error(
        ['flag'],
        'file-name',
        `the flag is \`${file.flag}\` but the file is called after \`${stem}\``,
        `rename the file to ${file.flag}.yaml, or the flag`,
      ),
    );
  }
  const folder = folders[0] !== undefined && folders.length > 1 ? folders[0] : undefined;
  const named = file.environment;
  if (named !== undefined && !config.environments.includes(named)) {
    report(
      error(
        ['environment'],
        'unknown-environment',
        `environment \`${named}\` is not in the config`,
        didYouMean(named, config.environments),
      ),
    );
    return named;
  }
  if (folder !== undefined && config.environments.includes(folder)) {
    if (named !== undefined && named !== folder) {
      report(
        error(
          ['environment'],
          'environment-folder',
          `environment \`${named}\` in the folder of \`${folder}\``,
          `move the file to ${named}/, or drop the key`,
        ),
      );
    }
    return folder;
  }
  const [only, ...others] = config.environments;
  if (named === undefined && folder !== undefined && isBelowBase(path, config.rollouts)) {
    // Whoever makes a folder `staging` does not mean production.
    report(
      error(
        [],
        'unknown-environment',
        `the file is in the folder \`${folder}\`, which is no environment of the config`,
        `add \`environments: [${folder}, …]\` to the config, or \`environment: ${only}\` to the file`,
      ),
    );
  } else if (named === undefined && others.length > 0) {
    report(
      error(
        [],
        'missing-key',
        `the file does not say which environment it is for`,
        `add \`environment:\` (${config.environments.join(', ')}), or move it to a folder called after one`,
      ),
    );
  }
  return named ?? only ?? 'production';
}

/** Whether a file is in a folder below the one that the glob begins with. */
function isBelowBase(path: string, glob: string): boolean {
  const fixed = glob.split('/').slice(0, -1);
  const depth = fixed.findIndex((part) => /[*?{[(!]/.test(part));
  return path.split('/').length - 1 > (depth < 0 ? fixed.length : depth);
}

function readAfter(after: string, environment: string, config: Config, report: Report): string {
  const known = config.environments.filter((each) => each !== environment);
  if (!known.includes(after)) {
    report(
      error(
        ['after'],
        'unknown-environment',
        `\`after\` names \`${after}\`, which is no other environment of the config`,
        didYouMean(after, known),
      ),
    );
  }
  return after;
}

function readVariants(
  file: RolloutFile,
  report: Report,
): Pick<Rollout, 'variants' | 'treatment' | 'control' | 'fallback'> {
  const variants = (file.variants ?? { on: true, off: false }) as Readonly<Record<string, Json>>;
  const names = Object.keys(variants);
  const types = new Set(Object.values(variants).map(jsonType));
  if (types.size > 1) {
    report(
      error(
        ['variants'],
        'mixed-variants',
        `variants have values of several types: ${[...types].join(', ')}`,
        'give all variants values of one type',
      ),
    );
  }
  const treatment = file.treatment ?? 'on';
  const control = file.control ?? DEFAULT_CONTROL;
  const fallback = file.fallback ?? control;
  // A fallback that nobody wrote is the control, of which enough is said.
  const said =
    file.fallback === undefined ? { treatment, control } : { treatment, control, fallback };
  for (const [key, name] of Object.entries(said)) {
    if (!Object.hasOwn(variants, name)) {
      report(
        error(
          key in file ? [key] : ['variants'],
          'unknown-variant',
          `the ${key} is \`${name}\`, which is not among the variants`,
          didYouMean(name, names),
        ),
      );
    }
  }
  if (treatment === control) {
    report(error(['treatment'], 'bad-value', 'treatment and control are the same variant'));
  }
  if (fallback === treatment && treatment !== control) {
    const message = 'the fallback is the treatment itself, so degrading would change nothing';
    report(error(['fallback'], 'bad-value', message, 'name a simpler variant, or leave it out'));
  }
  return { variants, treatment, control, fallback };
}

const jsonType = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

function readLadder(
  file: RolloutFile,
  config: Config,
  report: Report,
): { readonly ladder: Ladder; readonly stages: readonly Stage[] } {
  if (typeof file.stages !== 'string') {
    return { ladder: { kind: 'inline' }, stages: readStages(file.stages, ['stages'], report) };
  }
  const name = file.stages;
  const stages = Object.hasOwn(config.ladders, name) ? config.ladders[name] : undefined;
  if (stages === undefined) {
    report(
      error(
        ['stages'],
        'unknown-ladder',
        `there is no ladder \`${name}\``,
        didYouMean(name, Object.keys(config.ladders)),
      ),
    );
    return { ladder: { kind: 'inline' }, stages: [] };
  }
  return { ladder: { kind: 'named', name, digest: ladderDigest(stages) }, stages };
}

const digests = new WeakMap<readonly Stage[], string>();

/**
 * Twelve hex digits of SHA-256 over a ladder's stages: enough to notice that it changed. Remembered,
 * for thousands of rollouts climb the same few ladders.
 */
export function ladderDigest(stages: readonly Stage[]): string {
  const known = digests.get(stages);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(JSON.stringify(stages)).digest('hex').slice(0, 12);
  digests.set(stages, digest);
  return digest;
}

function readStatus(file: RolloutFile, report: Report): Status {
  const status = file.status ?? { phase: 'pending' as const };
  return {
    phase: status.phase,
    ...defined({
      stage: status.stage,
      since: optional('since', status.since, report, 'status'),
      started: optional('started', status.started, report, 'status'),
    }),
    serving: status.serving ?? 'treatment',
    approvals: status.approvals ?? [],
    entry: status.entry ?? 1,
    baseline: status.baseline ?? {},
    ...defined({ levels: status.levels, ladder: status.ladder, reason: status.reason }),
  };
}

function optional(key: string, text: string | undefined, report: Report, ...parents: string[]) {
  return text === undefined ? undefined : instant(text, [...parents, key], report);
}
