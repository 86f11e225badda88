import { isDeepStrictEqual } from 'node:util';
import type { Failure } from '../decide/outcome.ts';
import { formatOf } from '../files/config/format.ts';
import { isBlank, readConfigFile, readRolloutFile, refusalOf } from '../files/read.ts';
import { LARGEST_FILE } from '../forge/text.ts';
import { named, type Wanted } from '../forge/wanted.ts';
import { type Migrated, migrated } from '../migrate/migrate.ts';
import type { Step } from '../migrate/step.ts';
import { STEPS } from '../migrate/steps.ts';
import type { Config } from '../model/config.ts';
import type { Head } from '../model/head.ts';
import type { Problem } from '../model/problem.ts';
import type { RefusedFile } from '../model/repository-file.ts';
import { commitOnto } from '../repository/commit.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { leftUndone, notCommitted } from '../repository/failures.ts';
import { rolloutFiles } from '../repository/world.ts';
import { inert } from '../tell/commit-text.ts';
import { count } from '../tell/text.ts';
import type { MigratedFile, MigrateReport } from '../tell/views/migrate.ts';
import { oneLine } from '../text.ts';
import { YamlError } from '../yaml/error.ts';
import { parseYaml } from '../yaml/parse.ts';
import { lineChanges } from './line-changes.ts';

const ATTEMPTS = 5;

/**
 * Rewrites the config and the rollout files at the head of the branch as this Sluice writes them, in
 * one commit. It changes all of them or none: the config says the version of every file.
 *
 * @throws CommandError `newer-format`; `bad-config` if the config has errors after the steps too;
 *   `bad-migration`; `busy-branch`
 */
export async function migrate(
  context: Context,
  steps: readonly Step[] = STEPS,
): Promise<MigrateReport> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { head, concerns, report } = await look(context, steps);
    const { files, failures } = report;
    if (failures.length > 0 || files.length === 0 || context.dryRun) return report;
    const changes = files.map(({ path, text }) => ({ path, text }));
    const written = await commitOnto(context, { concerns }, head, messageOf(report), changes);
    if (written.kind === 'superseded') continue;
    if (written.kind === 'refused') {
      const subject = files.map(({ path }) => path).join(', ');
      return { ...report, failures: [notCommitted(subject, written)] };
    }
    return { ...report, commit: written.oid, failures: leftUndone(written) };
  }
  throw new CommandError('busy-branch', 'files kept changing; nothing is lost, run again');
}

interface Looked {
  readonly head: Head;
  /** What must stay as it is until the commit is made. */
  readonly concerns: Wanted;
  readonly report: MigrateReport;
}

/** Reads the branch, and takes its files through the steps. Writes nothing. */
async function look(context: Context, steps: readonly Step[]): Promise<Looked> {
  const { forge, configPath } = context;
  const head = await forge.head();
  const read = await forge.read(head.oid, named([configPath]), { maxBytes: LARGEST_FILE });
  const [unread] = read.refused;
  if (unread) throw badConfig([refusalOf(unread)]);
  const text = read.files[0]?.text;
  const { config, file, from, to } = configOf(context, text, steps);
  const wanted = rolloutFiles(config);
  const { files, refused } = await forge.read(head.oid, wanted, { maxBytes: LARGEST_FILE });
  const rollouts = files.map(({ path, text: old }) => rolloutOf(path, old, from, config, steps));
  return {
    head,
    concerns: { ...wanted, paths: [configPath] },
    report: {
      from,
      to,
      files: [...(file ? [file] : []), ...rollouts.flatMap(({ file: each }) => each ?? [])],
      failures: [...refused.map(cannotRead), ...rollouts.flatMap(({ failure }) => failure ?? [])],
    },
  };
}

interface ReadConfig {
  /** As the file is to be. */
  readonly config: Config;
  /** Absent if no step changes it. */
  readonly file?: MigratedFile;
  readonly from: number;
  readonly to: number;
}

/** The config, taken through the steps: rollout files are found and read by what comes of it. */
function configOf(
  { configPath, configOptions }: Pick<Context, 'configPath' | 'configOptions'>,
  text: string | undefined,
  steps: readonly Step[],
): ReadConfig {
  const before = readConfigFile(configPath, text, configOptions);
  const newer = before.problems.find(({ code }) => code === 'newer-format');
  if (newer) throw new CommandError('newer-format', linesOf([newer]));
  const old = text ?? '';
  const from = versionOf(old);
  const made = orRefused(() => migrated('config', old, from, steps));
  if (made instanceof YamlError) throw badConfig(before.problems, made, configPath);
  const isSame = made.text === old;
  const after = isSame ? before : readConfigFile(configPath, made.text, configOptions);
  if (!after.config) throw badConfig(after.problems);
  if (before.config && !movesNobody(before.config, after.config)) throw mistake(configPath);
  return {
    config: after.config,
    ...(isSame ? {} : { file: fileOf(configPath, old, made) }),
    from,
    to: made.version,
  };
}

/** The version that a config says; what cannot be parsed says none, and is refused for that. */
function versionOf(text: string): number {
  if (isBlank(text)) return 1;
  const document = orRefused(() => parseYaml(text));
  return document instanceof YamlError ? 1 : (formatOf(document.value) ?? 1);
}

/** Whether two configs differ in what reviews say at most. */
function movesNobody(before: Config, after: Config): boolean {
  const [old, young] = [before, after].map((config) => ({
    ...config,
    policy: { ...config.policy, rules: {} },
  }));
  return isDeepStrictEqual(old, young);
}

interface ReadRollout {
  readonly file?: MigratedFile;
  readonly failure?: Failure;
}

function rolloutOf(
  path: string,
  text: string,
  version: number,
  config: Config,
  steps: readonly Step[],
): ReadRollout {
  const made = orRefused(() => migrated('rollout', text, version, steps));
  if (made instanceof YamlError) {
    const { at, message, code } = made;
    const isEdit = code === 'edit-refused';
    const detail = isEdit
      ? message
      : `${message}; fix the file first, to be migrated with the rest`;
    const subject = `${path}:${at.line}:${at.column}`;
    return { failure: { code: isEdit ? 'edit-refused' : 'invalid-rollout', subject, detail } };
  }
  if (made.text === text) return {};
  // Old words that are still read say what the new ones must say.
  const [old, young] = [text, made.text].map((each) => readRolloutFile(path, each, config));
  const rollout = young?.kind === 'valid' ? young.rollout : undefined;
  if (old?.kind === 'valid' && !isDeepStrictEqual(old.rollout, rollout)) {
    const { message } = mistake(path);
    return { failure: { code: 'edit-refused', subject: path, detail: message } };
  }
  return { file: fileOf(path, text, made) };
}

const fileOf = (path: string, old: string, { text, says }: Migrated): MigratedFile => ({
  path,
  text,
  says,
  changes: lineChanges(old, text),
});

/** What a reader or an edit gives, or why it refuses. */
function orRefused<T>(make: () => T): T | YamlError {
  try {
    return make();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}

const cannotRead = (file: RefusedFile): Failure => ({
  code: 'invalid-rollout',
  subject: file.path,
  detail: refusalOf(file).message,
});

/** A step changes what a file means, which no step may. */
const mistake = (path: string): CommandError =>
  new CommandError(
    'bad-migration',
    `${path} would mean something else after the migration, so nothing was written; this is a bug in Sluice: report it, and edit the file by hand`,
  );

/** The errors of a config, or, for one that reads well, why an edit of it is refused. */
function badConfig(problems: readonly Problem[], refused?: YamlError, path?: string): CommandError {
  const lines = linesOf(problems.filter(({ severity }) => severity === 'error'));
  const { at, message = '' } = refused ?? {};
  return new CommandError('bad-config', lines || `${path}:${at?.line}:${at?.column} ${message}`);
}

const linesOf = (problems: readonly Problem[]): string =>
  problems
    .map(
      ({ file, at, message, hint }) =>
        `${file}:${at.line}:${at.column} ${message}${hint === undefined ? '' : `; ${hint}`}`,
    )
    .join('\n');

/** Files that a message names; more of them are counted. */
const NAMED = 50;

/** No trailer: nothing moves by this commit, and nothing reads it back. */
function messageOf({ from, to, files }: MigrateReport): string {
  const says = [...new Set(files.flatMap((file) => file.says))];
  const paths = files.slice(0, NAMED).map(({ path }) => `  ${oneLine(path)}`);
  const more = files.length - paths.length;
  const all = count(files.length, 'file');
  const lines = [
    from === to ? `Replace old names in ${all}` : `Migrate ${all} to format version ${to}`,
    '',
    ...says.map((each) => `- ${oneLine(each)}.`),
    '',
    'The files mean the same as before: no rollout moves, and no stage starts over.',
    '',
    ...paths,
    ...(more > 0 ? [`  and ${count(more, 'more file')}`] : []),
  ];
  return `${inert(lines.join('\n'))}\n`;
}
