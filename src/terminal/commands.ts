import { relative, resolve } from 'node:path';
import { respond } from '../chatops/respond.ts';
import { compile } from '../commands/compile.ts';
import { init } from '../commands/init.ts';
import { type ReviewInput, validate } from '../commands/validate.ts';
import { ForgeError } from '../forge/error.ts';
import { openGitForge } from '../forge/git/git.ts';
import { readWorkTree, readWorkTreeFile } from '../forge/git/work-tree.ts';
import { LARGEST_FILE } from '../forge/text.ts';
import { userInfo } from '../http/endpoint.ts';
import type { Json } from '../model/json.ts';
import { didYouMean } from '../model/suggest.ts';
import { exitCodeOf } from '../repository/failures.ts';
import { readWorld } from '../repository/world.ts';
import { renderProblems, summarise } from '../tell/problems.ts';
import type { Reply } from '../tell/report.ts';
import {
  assessmentFields,
  failureFields,
  problemFields,
  replyFields,
  resultOf,
  tickFields,
} from '../tell/result.ts';
import { renderForecast, renderStatus } from '../tell/status.ts';
import { renderTick } from '../tell/tick.ts';
import { oneLine, visible, visibleJson } from '../text.ts';
import { assessAll } from '../tick/assess.ts';
import { reconcile } from '../tick/reconcile.ts';
import { formatInstant } from '../time.ts';
import { pinnedAction } from './action-ref.ts';
import {
  type CommonOptions,
  configOptionsOf,
  configPathOf,
  nowOf,
  paintOf,
  requireConfig,
  topOf,
  UsageError,
  withContext,
} from './options.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** With more files than this, a plan of each would bury the problems. */
const PLANS = 3;
/** A sentence of a reply is cut where it quotes more than people read. */
const LONGEST = 2000;

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
  const { problems, rollouts, config } = report;
  if (options.json) {
    const fields = { files: report.files, problems: problems.map(problemFields) };
    print(terminal, resultOf('validate', fields));
  } else {
    const paint = paintOf(options, terminal);
    const parts = [
      ...(problems.length > 0
        ? [renderProblems(problems, (file) => report.texts.get(file), paint)]
        : []),
      ...(config && rollouts.length <= PLANS
        ? rollouts.flatMap((rollout) => {
            const plan = renderForecast(rollout, config.policy, now);
            return plan === ''
              ? []
              : [`${paint.bold(rollout.key)} will reach, at the earliest:\n${plan}`];
          })
        : []),
      config && report.files.length === 0
        ? `no file matches ${config.rollouts}, and there is no config; \`sluice init\` writes both`
        : summarise(problems, report.files.length),
    ];
    terminal.stdout.write(`${parts.join('\n\n')}\n`);
  }
  return problems.some(({ severity }) => severity === 'error') ? EXIT.undone : EXIT.done;
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
      ...(name === undefined ? {} : { branch: name }),
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
  return withContext(options, terminal, async (context) => {
    const report = await reconcile(context);
    if (options.json) {
      print(terminal, resultOf('reconcile', tickFields(report)));
    } else {
      terminal.stdout.write(`${renderTick(report, paintOf(options, terminal))}\n`);
    }
    return exitCodeOf(report.outcome.failures);
  });
}

export async function runRespond(
  text: string,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const reply = await respond(context, text, options.as ?? 'somebody');
    if (options.json) print(terminal, resultOf('respond', replyFields(reply)));
    else terminal.stdout.write(`${renderReply(reply, options, terminal)}\n`);
    const exits: Readonly<Record<Reply['kind'], number>> = {
      ignored: EXIT.usage,
      refused: EXIT.undone,
      failed: EXIT.undone,
      nothing: EXIT.done,
      done: EXIT.done,
      shown: EXIT.done,
    };
    return exits[reply.kind];
  });
}

function renderReply(reply: Reply, options: CommonOptions, terminal: Terminal): string {
  const paint = paintOf(options, terminal);
  const { standing } = reply;
  if (standing) {
    const status = renderStatus(standing, paint);
    return reply.next === undefined
      ? status
      : `${status}\n\n${paint.yellow(oneLine(reply.next, LONGEST))}`.trimStart();
  }
  const commit = reply.commit === undefined ? '' : ` ${paint.dim(reply.commit.slice(0, 9))}`;
  const marks = {
    ignored: paint.dim('·'),
    refused: paint.red('✗'),
    failed: paint.red('✗'),
    nothing: paint.dim('·'),
    done: paint.green('✓'),
    shown: '',
  } as const;
  const next = [...(reply.next === undefined ? [] : [reply.next]), ...(reply.warnings ?? [])]
    .map((line) => `\n  ${oneLine(line, LONGEST)}`)
    .join('');
  // Only what is shown is our own text of several lines.
  const text = reply.kind === 'shown' ? reply.text : oneLine(reply.text, LONGEST);
  return `${marks[reply.kind]} ${text}${commit}${next}`.trimStart();
}

export async function runCompile(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const report = await compile(context);
    const { changed, commit, failures, targets } = report;
    if (options.json) {
      const fields = { changed, commit: commit ?? null, failures: failures.map(failureFields) };
      print(terminal, resultOf('compile', fields));
    } else {
      const lines = failures.map(
        ({ subject, detail }) => `failed ${oneLine(subject)}: ${oneLine(detail, LONGEST)}`,
      );
      const done = commit ? `, committed as ${commit.slice(0, 9)}` : ' would change';
      lines.push(
        targets === 0
          ? 'the config has no targets; add `targets: [{type: flagd, path: flags/flagd.json}]`'
          : changed.length === 0
            ? 'every target is as it should be'
            : `${changed.join(', ')}${done}`,
      );
      terminal.stdout.write(`${lines.join('\n')}\n`);
    }
    return exitCodeOf(failures);
  });
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
    const { badConfig } = world;
    // Whether a file is valid is told by the branch's own config.
    const invalid = badConfig ? [] : world.sources.filter(({ kind }) => kind === 'invalid');
    if (options.json) {
      const fields = {
        now: formatInstant(context.now),
        head: world.head.oid,
        rollouts: wanted.map(assessmentFields),
        problems: [
          ...(badConfig ? world.configProblems : []),
          ...invalid.flatMap(({ problems }) => problems),
        ].map(problemFields),
      };
      print(terminal, resultOf('status', fields));
    } else {
      const paint = paintOf(options, terminal);
      const parts = [
        ...(badConfig ? [paint.red(visible(badConfig.text))] : []),
        renderStatus(wanted, paint),
        ...invalid.map(
          ({ path, problems }) =>
            `${paint.bold(oneLine(path))}  ${paint.red('invalid')}\n  ${problems[0]?.message ?? ''}; \`sluice validate\` shows where`,
        ),
      ].filter((part) => part !== '');
      const none = `no rollouts: no file matches ${world.config.rollouts} on ${world.head.branch}; \`sluice init\` writes an example`;
      terminal.stdout.write(`${parts.join('\n\n') || none}\n`);
    }
    return badConfig ? EXIT.usage : EXIT.done;
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
    ...(prometheusUrl === undefined ? {} : { prometheusUrl }),
  });
  if (options.json) {
    print(terminal, resultOf('init', { written, kept }));
    return EXIT.done;
  }
  const lines = [
    ...written.map((path) => `${dryRun ? 'would write' : 'wrote'} ${path}`),
    ...kept.map((path) => `kept  ${path}, which was there`),
    'Next: put your Prometheus into .github/sluice.yml, commit, and run `sluice validate`.',
  ];
  terminal.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.done;
}

const hasUserInfo = (url: string): boolean =>
  URL.canParse(url) && userInfo(new URL(url)) !== undefined;

export function print({ stdout }: Terminal, value: Json): void {
  stdout.write(`${visibleJson(value)}\n`);
}
