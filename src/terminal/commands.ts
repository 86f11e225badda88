import { relative, resolve } from 'node:path';
import { respond } from '../chatops/respond.ts';
import { compile } from '../commands/compile.ts';
import { init } from '../commands/init.ts';
import { type ReviewInput, validate } from '../commands/validate.ts';
import { defined } from '../defined.ts';
import { ForgeError } from '../forge/error.ts';
import { openGitForge } from '../forge/git/git.ts';
import { readWorkTree, readWorkTreeFile } from '../forge/git/work-tree.ts';
import { LARGEST_FILE } from '../forge/text.ts';
import { userInfo } from '../http/endpoint.ts';
import { didYouMean } from '../model/suggest.ts';
import { readWorld } from '../repository/world.ts';
import { compileView } from '../tell/views/compile.ts';
import { initView } from '../tell/views/files.ts';
import { replyView } from '../tell/views/reply.ts';
import { reviewView } from '../tell/views/review.ts';
import { statusView } from '../tell/views/status.ts';
import { tickView } from '../tell/views/tick.ts';
import { assessAll } from '../tick/assess.ts';
import { reconcile } from '../tick/reconcile.ts';
import { pinnedAction } from './action-ref.ts';
import {
  type CommonOptions,
  configOptionsOf,
  configPathOf,
  nowOf,
  requireConfig,
  topOf,
  UsageError,
  withContext,
} from './options.ts';
import { show } from './show.ts';
import type { Terminal } from './terminal.ts';

export async function runValidate(
  files: readonly string[],
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const dir = await topOf(options, terminal);
  const now = nowOf(options, terminal);
  const configPath = configPathOf(options);
  const configText = await readWorkTreeFile(dir, configPath, { maxBytes: LARGEST_FILE });
  requireConfig(options, configText);
  const earlier = await filesBefore(dir, options);
  const only = files.map((file) => relative(dir, resolve(terminal.cwd, file)));
  const report = await validate({
    configPath,
    configText,
    configOptions: configOptionsOf(options),
    list: (wanted) => readWorkTree(dir, wanted, { maxBytes: LARGEST_FILE }),
    now,
    ...(earlier?.before ? { before: earlier.before } : {}),
    ...(only.length > 0 ? { only } : earlier?.old ? { old: earlier.old } : {}),
  });
  const unread = only.filter((file) => !report.files.includes(file));
  if (unread.length > 0 && report.config) {
    throw new UsageError(
      `${unread.join(', ')} is no rollout file: the config's glob is ${report.config.rollouts}`,
    );
  }
  return show(reviewView(report, now, false), options, terminal);
}

/** Files as they were in the last commit, or on the base; nothing to compare with outside of git. */
async function filesBefore(
  dir: string,
  { base, branch }: CommonOptions,
): Promise<Pick<ReviewInput, 'before' | 'old'> | undefined> {
  const name = base ?? branch;
  try {
    const forge = await openGitForge({
      dir,
      author: { name: '', email: '' },
      ...defined({ branch: name }),
    });
    const { oid } = await forge.head();
    return {
      before: async (path) => {
        const text = await forge.readAt(oid, path);
        return text === undefined ? undefined : { path, text };
      },
      // A base may have files that the change does not know of yet: they are not deleted by it.
      ...(name === undefined
        ? {
            old: async (wanted) =>
              (await forge.read(oid, wanted, { maxBytes: LARGEST_FILE })).files,
          }
        : {}),
    };
  } catch (error) {
    if (error instanceof ForgeError && name === undefined) return undefined;
    throw error;
  }
}

export async function runReconcile(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withContext(options, terminal, async (context) =>
    show(tickView(await reconcile(context)), options, terminal),
  );
}

export async function runRespond(
  text: string,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const reply = await respond(context, text, options.as ?? 'somebody');
    return show(replyView(reply, 'terminal'), options, terminal);
  });
}

export async function runCompile(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withContext(options, terminal, async (context) =>
    show(compileView(await compile(context)), options, terminal),
  );
}

export async function runStatus(
  flag: string | undefined,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const world = await readWorld(context);
    const { assessments } = await assessAll(world, context);
    const wanted = assessments.filter(
      ({ rollout }) => flag === undefined || rollout.flag === flag || rollout.key === flag,
    );
    if (flag !== undefined && wanted.length === 0) {
      const names = assessments.map(({ rollout }) => rollout.flag);
      throw new UsageError(`there is no rollout of ${flag}: ${didYouMean(flag, names)}`);
    }
    const { badConfig, sources, head, config, configProblems } = world;
    const view = statusView({
      now: context.now,
      head,
      assessments: wanted,
      // Whether a file is valid is told by the branch's own config.
      invalid: badConfig ? [] : sources.filter(({ kind }) => kind === 'invalid'),
      badConfig: badConfig && { text: badConfig.text, problems: configProblems },
      glob: config.rollouts,
    });
    return show(view, options, terminal);
  });
}

export async function runInit(options: CommonOptions, terminal: Terminal): Promise<number> {
  if (options.prometheusUrl !== undefined && hasUserInfo(options.prometheusUrl)) {
    throw new UsageError(
      '--prometheus-url holds a user name or a password, which would be committed; leave them out, and name their variables under `auth` in the config',
    );
  }
  const { prometheusUrl, dryRun } = options;
  const action = pinnedAction(options.action);
  const { written, kept } = await init(await topOf(options, terminal), {
    action,
    dryRun,
    ...defined({ prometheusUrl }),
  });
  return show(initView({ written, kept, dryRun }), options, terminal);
}

const hasUserInfo = (url: string): boolean =>
  URL.canParse(url) && userInfo(new URL(url)) !== undefined;
