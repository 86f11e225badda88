import { DEFAULT_CONFIG } from '../files/config/defaults.ts';
import type { ConfigOptions } from '../files/config/parse.ts';
import {
  type RolloutSource,
  readConfigFile,
  readRolloutFile,
  refusalOf,
  refuseDuplicates,
  refusedFile,
  type ValidSource,
} from '../files/read.ts';
import type { Listing } from '../forge/forge.ts';
import { either, named, type Wanted } from '../forge/wanted.ts';
import { mayBeOf } from '../model/claim.ts';
import type { Config } from '../model/config.ts';
import { describeAudience, exposureOf, toldBy } from '../model/exposure.ts';
import { sameJson } from '../model/json.ts';
import type { Finding, Problem } from '../model/problem.ts';
import type { RepositoryFile } from '../model/repository-file.ts';
import { isExposed, type Rollout } from '../model/rollout.ts';
import { statusIn } from '../repository/record.ts';
import { rolloutFiles, rolloutMatcher } from '../repository/world.ts';
import { type Query, queriesIn } from '../review/definitions.ts';
import { differenceOf } from '../review/difference.ts';
import {
  review,
  reviewCredentials,
  reviewDefinitions,
  reviewDeleted,
  reviewQueries,
  reviewTargets,
  reviewUsers,
} from '../review/review.ts';
import type { ReviewContext, UserChange } from '../review/rule.ts';
import type { ReviewReport } from '../tell/views/review.ts';
import type { Instant } from '../time.ts';
import type { Document } from '../yaml/parse.ts';
import { place, placeAll, placeAtTop } from '../yaml/place.ts';

/** Files to review, wherever they come from. */
export interface ReviewInput {
  readonly configPath: string;
  readonly configText: string | undefined;
  readonly configOptions: ConfigOptions;
  /** Lists the files that are wanted. */
  readonly list: (wanted: Wanted) => Promise<Listing>;
  /** A file before the change that is reviewed, by the name it had; absent where no change is. */
  readonly before?: (path: string) => Promise<RepositoryFile | undefined>;
  /** Files of the change as they were: those that are there no more are reviewed as deleted. */
  readonly old?: (wanted: Wanted) => Promise<readonly RepositoryFile[]>;
  /** Only these files; everything that the config's glob names where absent. */
  readonly only?: readonly string[];
  readonly now: Instant;
  /** The config whose policy is in force, where a change to it is reviewed along. */
  readonly inForce?: Config;
}

const NOTHING = { rollouts: [], texts: new Map<string, string>() };

/**
 * Reviews rollout files and the config: YAML, schema, what a schema cannot say, and the rules of
 * the policy. Asks no metrics and writes nothing.
 */
export async function validate(input: ReviewInput): Promise<ReviewReport> {
  const { configPath, configText, now } = input;
  const texts = new Map<string, string>();
  if (configText !== undefined) texts.set(configPath, configText);
  const {
    config: written,
    problems,
    document,
  } = readConfigFile(configPath, configText, input.configOptions);
  // Without a config nothing can be said of the rollouts but what would be wrong tomorrow.
  if (!written) return { ...NOTHING, problems, files: [configPath], texts };
  const isReviewed = (path: string): boolean => input.only?.includes(path) ?? true;
  // A change may delete the config, too.
  const configReviewed =
    isReviewed(configPath) && (configText !== undefined || input.inForce !== undefined);

  // A change may bring the metrics its rollouts need; the rules it is judged by are not its own.
  const config = input.inForce ? { ...written, policy: input.inForce.policy } : written;

  const isRollout = rolloutMatcher(config);
  const wanted = input.inForce
    ? either(rolloutFiles(config), rolloutFiles(input.inForce))
    : rolloutFiles(config);
  const listed = await input.list({ ...wanted, paths: [configPath] });
  const refusedConfig = listed.refused.find(({ path }) => path === configPath);
  if (refusedConfig) {
    return { ...NOTHING, problems: [refusalOf(refusedConfig)], files: [configPath] };
  }
  const files = listed.files.filter(({ path }) => isRollout(path));
  const refused = listed.refused.filter(({ path }) => isRollout(path));
  for (const { path, text } of files) texts.set(path, text);
  const read = refuseDuplicates([
    ...files.map(({ path, text }) => readRolloutFile(path, text, config)),
    ...refused.map((file) => refusedFile(file, config)),
  ]);
  const sources = read.filter(({ path }) => isReviewed(path));
  const found: Problem[] = configReviewed ? [...problems] : [];
  const old = input.old ? await input.old(wanted) : [];
  const gone = old.filter(({ path }) => read.every((each) => each.path !== path));
  for (const source of sources) {
    found.push(...source.problems, ...(await reviewOne(source, config, input, gone, now)));
  }
  // What a change to the config breaks is part of that change, whichever file it shows up in.
  const broken = configReviewed
    ? read.filter(({ kind, path }) => kind === 'invalid' && !isReviewed(path))
    : [];
  found.push(...broken.flatMap((source) => source.problems));
  const moved = configReviewed
    ? read.filter(({ path }) => !isReviewed(path)).map((source) => ofConfig(source, config, input))
    : [];
  if (configReviewed) {
    if (document) found.push(...(await ofDefinitions(config, document, configPath)));
    const findings = [
      ...(await ofCredentials(config, input)),
      ...ofTargets(read, old, config, input),
      ...(await ofTargetFiles(config, input)),
    ];
    found.push(
      ...findings.map((finding) =>
        document ? place(finding, document, configPath) : placeAtTop(finding, configPath),
      ),
    );
  }
  // A glob that leaves a file out takes its flag from everybody who reads the targets.
  const unread = listed.files.filter(({ path }) => path !== configPath && !isRollout(path));
  for (const { path, text } of unread) texts.set(path, text);
  const left = [
    ...gone
      .filter(({ path }) => unread.every((each) => each.path !== path))
      .flatMap((file) => ofDeletion(file, read, config, input)),
    ...unread.flatMap((file) =>
      ofDeletion(file, read, config, input, 'no longer among `rollouts`'),
    ),
  ];
  const others = [...moved, ...left].filter(({ problems }) => problems.length > 0);
  found.push(...others.flatMap(({ problems }) => problems));
  return {
    config,
    problems: found,
    files: [
      ...(configReviewed ? [configPath] : []),
      ...[...sources, ...broken, ...others].map(({ path }) => path),
    ],
    rollouts: sources.flatMap((source) => (source.kind === 'valid' ? [source.rollout] : [])),
    texts,
  };
}

async function reviewOne(
  source: RolloutSource,
  config: Config,
  { before, inForce = config }: ReviewInput,
  gone: readonly RepositoryFile[],
  now: Instant,
): Promise<readonly Problem[]> {
  if (source.kind === 'invalid') return [];
  const { rollout } = source;
  const earlier = before && (await readBefore(source, inForce, before, gone));
  const was = earlier?.before;
  const findings = review(rollout, {
    config,
    now,
    written: source.document.value,
    ...earlier,
    ...(was === undefined || was === 'new' ? {} : usersOf(was, rollout, inForce, config, now)),
  });
  return findings.map((finding) => place(finding, source.document, source.path));
}

/** The rollout as it was; of an invalid file, whether it had the same status. */
async function readBefore(
  { path, text, rollout }: ValidSource,
  config: Config,
  before: NonNullable<ReviewInput['before']>,
  gone: readonly RepositoryFile[],
): Promise<Pick<ReviewContext, 'before' | 'wasInvalid'>> {
  const file = await before(path);
  if (file === undefined) return { before: goesOnFor(rollout, gone, config) };
  const source = readRolloutFile(file.path, file.text, config);
  if (source.kind === 'valid') return { before: source.rollout };
  const [then, now] = [statusIn(file.text), statusIn(text)];
  if (then === undefined) return { wasInvalid: 'unreadable' };
  return { wasInvalid: sameJson(then, now) ? 'with-this-status' : 'with-another-status' };
}

/** The rollout as it was in another file that is gone, though nobody called that a rename. */
function goesOnFor(
  { key }: Rollout,
  gone: readonly RepositoryFile[],
  config: Config,
): Rollout | 'new' {
  for (const { path, text } of gone) {
    const source = readRolloutFile(path, text, config);
    if (source.kind === 'valid' && source.rollout.key === key) return source.rollout;
  }
  return 'new';
}

interface Reviewed {
  readonly path: string;
  readonly problems: readonly Problem[];
}

/** What a change to the config does to the users of a rollout whose file it leaves alone. */
function ofConfig(source: RolloutSource, config: Config, { inForce, now }: ReviewInput): Reviewed {
  const { path } = source;
  if (source.kind === 'invalid' || !inForce) return { path, problems: [] };
  const before = readRolloutFile(path, source.text, inForce);
  if (before.kind === 'invalid') return { path, problems: [] };
  const users = usersOf(before.rollout, source.rollout, inForce, config, now);
  const findings = reviewUsers(source.rollout, { config, now, before: before.rollout, ...users });
  return { path, problems: findings.map((finding) => place(finding, source.document, path)) };
}

/** What the config defines, servers, limits, ladders and queries, in the order of its lines. */
async function ofDefinitions(
  config: Config,
  document: Document,
  path: string,
): Promise<readonly Problem[]> {
  const findings = [
    ...reviewDefinitions(config, document.value),
    ...(await ofQueries(config, queriesIn(config, document.value))),
  ];
  return [...placeAll(findings, document, path)].sort(
    (one, other) => one.at.start - other.at.start,
  );
}

async function ofQueries(config: Config, queries: readonly Query[]): Promise<readonly Finding[]> {
  if (queries.length === 0) return [];
  // The parser of PromQL is loaded for this alone.
  const { readQuery } = await import('../promql/read.ts');
  const read = queries.map((query) => ({ ...query, findings: readQuery(query.text) }));
  return reviewQueries(read, config);
}

/** Where a change to the config sends credentials that did not go there before. */
async function ofCredentials(config: Config, input: ReviewInput): Promise<readonly Finding[]> {
  const { before, configPath, configOptions } = input;
  if (!before) return [];
  const inForce =
    input.inForce ??
    readConfigFile(configPath, (await before(configPath))?.text, configOptions).config ??
    // What was there before is invalid, so nothing is known to be sent anywhere.
    DEFAULT_CONFIG;
  return reviewCredentials(inForce, config);
}

/** What a change to the config's targets does to whoever has a flag, by its file as it is or was. */
function ofTargets(
  read: readonly RolloutSource[],
  old: readonly RepositoryFile[],
  config: Config,
  { inForce }: ReviewInput,
): readonly Finding[] {
  if (!inForce || JSON.stringify(inForce.targets) === JSON.stringify(config.targets)) return [];
  const live = new Map<string, Rollout>();
  for (const { path, text } of [...read, ...old]) {
    // By the config in force: the new one may have made the file invalid, and users have it still.
    const source = text === undefined ? undefined : readRolloutFile(path, text, inForce);
    if (source?.kind !== 'valid') continue;
    const { rollout } = source;
    const isLive = rollout.kill || isExposed(rollout);
    if (isLive && !live.has(rollout.key)) live.set(rollout.key, rollout);
  }
  const told = [...live.values()].map((rollout) => ({
    rollout,
    told: toldBy(exposureOf(rollout) ?? { audiences: [] }),
  }));
  return reviewTargets(told, inForce, config);
}

/** What lies where a target is to be written and would not be written over: a folder, a link. */
async function ofTargetFiles(
  { targets }: Config,
  { list }: ReviewInput,
): Promise<readonly Finding[]> {
  if (targets.length === 0) return [];
  const paths = [...new Set(targets.map(({ path }) => path))];
  const { refused } = await list(named(paths));
  return refused
    .filter(({ reason }) => reason !== 'no-answer')
    .map((file) => {
      const { code, message } = refusalOf(file);
      const index = targets.findIndex(({ path }) => path === file.path);
      return {
        severity: 'error',
        code,
        message: `the target \`${file.path}\` cannot be written: ${message}`,
        path: ['targets', index, 'path'],
      };
    });
}

/** What becomes of the users of a rollout whose file is gone, unless another file has the rollout. */
function ofDeletion(
  { path, text }: RepositoryFile,
  read: readonly RolloutSource[],
  config: Config,
  { inForce = config }: ReviewInput,
  how?: Parameters<typeof reviewDeleted>[2],
): readonly Reviewed[] {
  const source = readRolloutFile(path, text, inForce);
  if (source.kind === 'invalid') return [];
  const { rollout } = source;
  // One that is invalid keeps the flag as it is.
  const goesOn = (each: RolloutSource): boolean =>
    each.kind === 'valid' ? each.rollout.key === rollout.key : mayBeOf(each, rollout);
  if (read.some(goesOn)) return [];
  const findings = reviewDeleted(rollout, config, how);
  return [{ path, problems: findings.map((finding) => place(finding, source.document, path)) }];
}

/** What a change does to users at once, by the rollout and by the segments it names. */
function usersOf(
  before: Rollout,
  after: Rollout,
  inForce: Config,
  config: Config,
  now: Instant,
): { readonly users?: UserChange } {
  const difference = differenceOf(before, after, now);
  if (!difference) return {};
  const named = (exposureOf(after)?.audiences ?? []).flatMap(({ segments }) => segments);
  const definition = ({ segments }: Config, name: string): string =>
    Object.hasOwn(segments, name) ? JSON.stringify(segments[name]) : '';
  const segments = [...new Set(named)].filter(
    (name) => definition(inForce, name) !== definition(config, name),
  );
  const { more, fewer, ...rest } = difference;
  return {
    users: {
      ...rest,
      more: more.map(describeAudience),
      fewer: fewer.map(describeAudience),
      segments,
    },
  };
}
