import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { respond } from '../../src/chatops/respond.ts';
import type { Assessment } from '../../src/decide/assessment.ts';
import { type Move, stepsDown } from '../../src/decide/move.ts';
import { openGitForge } from '../../src/forge/git/git.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { credentialsIn, openProvider } from '../../src/providers/index.ts';
import { type Context, createContext } from '../../src/repository/context.ts';
import { readWorld } from '../../src/repository/world.ts';
import { subject } from '../../src/tell/commit.ts';
import { formatMoment } from '../../src/tell/moment.ts';
import { type Paint, paintFor } from '../../src/tell/paint.ts';
import { movesOf, type TickReport } from '../../src/tell/report.ts';
import { healthOf, renderStatus } from '../../src/tell/status.ts';
import { renderOffer } from '../../src/tell/tick.ts';
import { assess } from '../../src/tick/assess.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import type { Instant } from '../../src/time.ts';
import { recording } from './recording.ts';
import { COMMANDS, END, INCIDENTS, LEVELS, SHARES, START, ticks } from './story.ts';

const run = promisify(execFile);

/** Plays the story in a new repository and tells it as it goes. */
export async function playDemo(out: NodeJS.WriteStream): Promise<void> {
  const began = Date.now();
  const paint = paintFor(out.isTTY === true && !process.env.NO_COLOR);
  const say = (text: string): void => {
    out.write(`${text}\n`);
  };
  const dir = await prepare();
  const { context, git } = await openRepository(dir);
  say(
    paint.bold('Two weeks of rollouts: six flags, a recording of their metrics, a virtual clock.'),
  );
  say(paint.dim(`The repository is ${dir}, made from rollouts/ and .github/sluice.yml.`));

  await play(context, paint, say);

  say(`\n${paint.bold('What git remembers')} ${paint.dim('(git log --first-parent)')}\n`);
  say(
    (
      await git(
        'log',
        '--first-parent',
        '--reverse',
        '--date=format:%a %d %b %H:%M',
        '--format=  %ad  %h  %s',
      )
    ).trimEnd(),
  );
  const world = await readWorld(context(END));
  const { assessments } = await assess(world, context(END));
  say(`\n${paint.bold('Where everything stands')} ${paint.dim('(sluice status)')}\n`);
  say(renderStatus(assessments, paint));
  say(
    `\nTook ${((Date.now() - began) / 1000).toFixed(1)} s. The repository is still there; look around:`,
  );
  say(`  git -C ${dir} log --first-parent          each step with its evidence`);
  say(`  git -C ${dir} show HEAD:flags/flagd.json  what services read, by OpenFeature`);
  say(`  node dist/cli.js status --repo ${dir} --now ${new Date(END).toISOString()}`);
}

/** A repository with the examples, the config and the recording in it, all committed. */
async function prepare(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  await mkdir(join(dir, '.github'));
  await cp('.github/sluice.yml', join(dir, '.github/sluice.yml'));
  await cp('rollouts', join(dir, 'rollouts'), { recursive: true });
  await writeFile(
    join(dir, 'rollouts/metrics.csv'),
    recording(LEVELS, SHARES, INCIDENTS, START, END),
  );
  return dir;
}

async function openRepository(dir: string) {
  const date = `${new Date(START).toISOString()}`;
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = async (...args: readonly string[]): Promise<string> => {
    const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    return (await run('git', ['-C', dir, ...person, ...args], { env })).stdout;
  };
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--no-gpg-sign', '--message', 'Add six flags');
  const author = { name: 'Sluice', email: 'sluice@localhost' };
  const forge = await openGitForge({ dir, author });
  const http = createHttpClient();
  // The recording does not change between ticks; in the world every tick opens its own.
  const providers = new Map<string, ReturnType<typeof openProvider>>();
  const open: Context['openProvider'] = (name, config, readFile) => {
    const provider =
      providers.get(name) ??
      openProvider(name, config, {
        http: () => http,
        credentials: credentialsIn({}),
        // However long the demo takes, nothing keeps its recording waiting.
        clock: () => 0,
        readFile,
      });
    providers.set(name, provider);
    return provider;
  };
  const context = (now: Instant): Context => createContext({ forge, now, openProvider: open });
  return { context, git };
}

/** Goes through the moments of the story: what people say, and the ticks. */
async function play(
  context: (now: Instant) => Context,
  paint: Paint,
  say: (text: string) => void,
): Promise<void> {
  const told = new Set<string>();
  const ticking = new Set(ticks());
  const moments = new Set([...ticking, ...COMMANDS.map((said) => said.at)]);
  for (const now of [...moments].sort((a, b) => a - b)) {
    const lines: string[] = [];
    for (const said of COMMANDS.filter((each) => each.at === now)) {
      const reply = await respond(context(now), said.text, said.user);
      lines.push(
        `${paint.cyan(`${said.user} says ${said.text}`)}`,
        `    ${[reply.text, reply.next].filter(Boolean).join('; ')}`,
      );
    }
    if (ticking.has(now)) lines.push(...tell(await reconcile(context(now)), told, paint));
    if (lines.length > 0)
      say(`\n${stamp(now, paint)}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

/** What a tick moved, and each reason to hold that people should hear of, once. */
function tell(report: TickReport, told: Set<string>, paint: Paint): readonly string[] {
  const { assessments, outcome } = report;
  const moves = movesOf(report).flatMap((move) => tellMove(move, paint));
  const offers = outcome.offered
    .filter(({ opened }) => opened)
    .flatMap((offer) => renderOffer(offer, paint).split('\n'));
  const failures = outcome.failures.map(({ code, detail }) => `${paint.red(code)} ${detail}`);
  return [...moves, ...offers, ...tellHolds(assessments, told, paint), ...failures];
}

function tellMove(move: Move, paint: Paint): readonly string[] {
  const back = stepsDown(move);
  const verdicts = back && move.of === 'rollout' ? move.verdicts : [];
  return [
    `${back ? paint.red('▼') : paint.green('▲')} ${paint.bold(subject([move]))}`,
    `    because ${move.why}`,
    ...verdicts.map((verdict) => `    ${healthOf(verdict, paint)}`),
  ];
}

const WORTH_TELLING = ['frozen', 'needs-approval', 'insufficient', 'revert-open'];

function tellHolds(
  assessments: readonly Assessment[],
  told: Set<string>,
  paint: Paint,
): readonly string[] {
  const byWhy = new Map<string, string[]>();
  for (const { rollout, decision } of assessments) {
    if (decision.kind !== 'hold' || !WORTH_TELLING.includes(decision.why.code)) continue;
    const once = `${rollout.key} ${rollout.status.stage} ${decision.why.code}`;
    if (told.has(once)) continue;
    told.add(once);
    byWhy.set(decision.why.text, [...(byWhy.get(decision.why.text) ?? []), rollout.flag]);
  }
  return [...byWhy].map(([why, flags]) => `${paint.dim('·')} ${flags.join(', ')}: on hold, ${why}`);
}

const stamp = (now: Instant, paint: Paint): string =>
  paint.dim(formatMoment(now, 'UTC').replace(' 2026,', '').replace(' UTC', ''));
