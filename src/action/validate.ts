import * as core from '@actions/core';
import { validate } from '../commands/validate.ts';
import { readConfigFile } from '../files/read.ts';
import { type PullFile, pullFiles, stickComment } from '../forge/github/conversation.ts';
import { GitHubError } from '../forge/github/error.ts';
import { LARGEST_FILE } from '../forge/text.ts';
import { named } from '../forge/wanted.ts';
import type { Config } from '../model/config.ts';
import type { Oid } from '../model/head.ts';
import type { RepositoryFile } from '../model/repository-file.ts';
import { rolloutMatcher } from '../repository/world.ts';
import { reviewView } from '../tell/views/review.ts';
import type { PullEvent } from './job.ts';
import { annotate, setOutputs, show } from './report.ts';
import type { Workflow } from './workflow.ts';

const MARKER = '<!-- sluice:review -->';

/**
 * Reviews the rollouts of a pull request, or all of them. Reads files and asks nobody for metrics;
 * writes one comment, and not even that where the token may not.
 */
export async function runValidate(
  workflow: Workflow,
  pull: PullEvent | undefined,
): Promise<number> {
  const { inputs, forge, sha, context } = workflow;
  const { configOptions, now } = context;
  const change = pull && (await changeOf(workflow, pull));
  const text = await forge.readAt(sha, inputs.config);
  const report = await validate({
    configPath: inputs.config,
    configText: text,
    configOptions,
    list: (wanted) => forge.read(sha, wanted, { maxBytes: LARGEST_FILE }),
    now,
    ...(change ? { only: change.paths, before: change.before, old: async () => change.old } : {}),
    ...(change?.config ? { inForce: change.config } : {}),
  });
  const view = reviewView(report, now, change?.paths.includes(inputs.config) ?? false);
  annotate(report.problems);
  show(view);
  if (pull && !pull.fork && !inputs.dryRun) {
    await comment(workflow, pull, view.markdown(), report.files.length > 0);
  }
  setOutputs({
    decision: 'none',
    changed: false,
    commitSha: undefined,
    pullRequests: [],
    result: view.json,
  });
  return view.exit;
}

interface Change {
  readonly paths: readonly string[];
  /** The config of the base: its policy is in force, whatever the pull request says. */
  readonly config: Config | undefined;
  readonly before: (path: string) => Promise<RepositoryFile | undefined>;
  /** The rollout files as they were that go on by no other name: those that are gone are among them. */
  readonly old: readonly RepositoryFile[];
}

/** What a pull request changes, and how that was before. Without an answer, everything is reviewed. */
async function changeOf(workflow: Workflow, pull: PullEvent): Promise<Change | undefined> {
  const { forge, sha, inputs, context } = workflow;
  try {
    // The run is about a merge into the branch as it is now; the event knows the branch as it was.
    const base = (await forge.parent(sha)) ?? pull.baseSha;
    const files = await filesOf(workflow, pull, base);
    const configText = await forge.readAt(base, inputs.config);
    const { config } = readConfigFile(inputs.config, configText, context.configOptions);
    const isRollout = config ? rolloutMatcher(config) : () => true;
    const present = files.filter(({ removed }) => !removed);
    // A config that is deleted, or renamed away, has no name among those that are there.
    const paths = [
      ...new Set([
        ...present.map(({ path }) => path),
        ...files.map(({ before }) => before).filter((path) => path === inputs.config),
      ]),
    ];
    const names = new Map(present.map(({ path, before }) => [path, before]));
    const wanted = new Set(files.map(({ before }) => before).filter(isRollout));
    const old =
      wanted.size === 0
        ? { files: [] }
        : await forge.read(base, named([...wanted]), { maxBytes: LARGEST_FILE });
    const byPath = new Map(old.files.map((file) => [file.path, file]));
    const renamed = new Set(
      present
        .filter(({ path, before }) => path !== before && isRollout(path))
        .map(({ before }) => before),
    );
    return {
      paths,
      config,
      before: async (path) => byPath.get(names.get(path) ?? path),
      old: old.files.filter(({ path }) => !renamed.has(path)),
    };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    core.notice(
      `The pull request could not be read (${error.message}), so all rollouts are reviewed and none is compared with before.`,
    );
    return undefined;
  }
}

/**
 * The files of a pull request as GitHub lists them, with the names they had. Of a change too large
 * for that list the trees are compared: nothing may hide behind three thousand other files.
 */
async function filesOf(
  { client, forge, sha }: Workflow,
  { number }: PullEvent,
  base: Oid,
): Promise<readonly PullFile[]> {
  const listed = await pullFiles(client, number);
  if (listed) return listed;
  const paths = await forge.changedPaths(base, sha);
  return paths.map((path) => ({ path, before: path, removed: false }));
}

/** One comment a pull request; one that touches no rollout gets none, and keeps none that is wrong. */
async function comment(
  { client }: Workflow,
  pull: PullEvent,
  review: string,
  create: boolean,
): Promise<void> {
  const text = create ? review : 'This pull request changes no rollout any more.';
  try {
    const body = `${MARKER}\n${text}`;
    await stickComment(client, pull.number, { marker: MARKER, body, create });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code === 'ambiguous') throw error;
    core.notice(
      `The review could not be written as a comment (${error.said}); it is in the job summary.`,
    );
  }
}
