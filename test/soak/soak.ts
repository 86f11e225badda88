import { respond } from '../../src/chatops/respond.ts';
import { compile } from '../../src/commands/compile.ts';
import type { Failure } from '../../src/decide/outcome.ts';
import type { Forge } from '../../src/forge/forge.ts';
import { CommandError, type Context, createContext } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { gitHome, type Home, memoryHome } from '../support/homes.ts';
import { sameInClone } from './clone.ts';
import { leftUndone } from './due.ts';
import { drawFate } from './fate.ts';
import { CONFIG_PATH, configText, drawHouse, drawRollout, type House, pathOf } from './files.ts';
import { Objection, openJournal } from './journal.ts';
import { openPeople, type Saying } from './people.ts';
import { asMetBy, Killed, type Run, Together } from './process.ts';
import { type Random, random } from './random.ts';
import { drawTruth, truthful } from './truth.ts';
import { openWatch } from './watch.ts';

/** One repository with its rollouts, people and metrics for some days, all drawn from a seed. */
export interface SoakOptions {
  readonly seed: string;
  readonly flags: number;
  readonly days: number;
  readonly home: 'memory' | 'git';
  /** Only these of the flags; the others are not there. */
  readonly only?: readonly string[];
  /** Stops early, without a failure. */
  readonly until?: () => boolean;
}

export interface Soaked {
  readonly ticks: number;
  readonly days: number;
  /** What happened, by name: how often. */
  readonly counts: ReadonlyMap<string, number>;
  readonly failure?: {
    readonly key: string;
    readonly message: string;
    readonly history: readonly string[];
  };
}

const BOT = { name: 'Sluice', email: 'sluice@example.com' };
/** A Monday at midnight. */
const START = Date.UTC(2026, 5, 1);
const EVERY = 5 * MINUTE;
const TICKS_A_DAY = 288;

/** What a tick may report as not done: what people broke, and metrics that nobody answers for. */
const EXPECTED: readonly Failure['code'][] = [
  'invalid-rollout',
  'unavailable',
  'not-compiled',
  'bad-config',
];

/** Lives through it, and stops at the first thing that the model does not allow. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { seed } = options;
  const house = drawHouse(seed);
  const keys = keysOf(options, house);
  const files: Record<string, string> = {
    [CONFIG_PATH]: configText(house),
    'readme.md': '# Shop\n',
  };
  for (const key of keys)
    files[pathOf(key, house.environments)] = drawRollout(seed, key, house, START);
  const make = options.home === 'git' ? gitHome : memoryHome;
  const home = await make(files, START - HOUR);
  try {
    return await live(options, home, house, keys);
  } finally {
    await home.close();
  }
}

function keysOf({ flags, only }: SoakOptions, { environments }: House): readonly string[] {
  const keys = Array.from({ length: flags }, (_, index) => {
    const number = Math.floor(index / environments.length) + 1;
    return `f${number}@${environments[index % environments.length]}`;
  });
  return only ? keys.filter((key) => only.includes(key)) : keys;
}

/** What a group of runs is given. */
interface Job {
  readonly run: Run;
  readonly work: (context: Context) => Promise<unknown>;
}

async function live(
  { seed, days, until }: SoakOptions,
  home: Home,
  house: House,
  keys: readonly string[],
): Promise<Soaked> {
  const end = START + days * TICKS_A_DAY * EVERY;
  const storm = random(seed, 'storm').pick([0.5, 1, 2, 3]);
  const truth = drawTruth(seed, keys, { from: START, to: end }, storm);
  const providers = new Map(['prod', 'other'].map((name) => [name, truthful(name, truth)]));
  const journal = openJournal();
  const watch = await openWatch(await home.open(BOT), truth, journal);
  const people = await openPeople({ home, watch, journal, house, keys, storm, seed });
  let ticks = 0;
  let comments = 0;
  let at = START;
  let asleepUntil = START;
  let repeats: { readonly step: number; readonly job: Job }[] = [];

  function context(forge: Forge, now: Instant, dryRun = false): Context {
    return createContext({
      forge,
      now,
      dryRun,
      configPath: CONFIG_PATH,
      openProvider: async (name) => {
        const provider = providers.get(name);
        if (!provider) throw new Error(`no provider ${name}`);
        return provider;
      },
    });
  }

  /** Runs one process to its end, or several at once, and holds what they did to the model. */
  async function group(jobs: readonly Job[], draw: Random): Promise<readonly boolean[]> {
    const met = new Map(watch.standings);
    const { rules } = watch;
    const acts = people.acts;
    const together = jobs.length > 1 ? new Together() : undefined;
    const ended: boolean[] = [];
    const lives = jobs.map(({ run, work }, index) => async () => {
      const bare = await home.open(BOT);
      const forge = asMetBy(bare, run, drawFate(run, people, draw, together), watch.ledger);
      ended[index] = await survives(run, () => work(context(forge, run.now)));
    });
    if (together) await together.all(lives, (waiting) => draw.between(0, waiting - 1));
    else for (const life of lives) await life();
    await watch.follow();
    // What people change meanwhile is for the next run.
    if (!rules || people.acts !== acts) return ended;
    const compiles = ({ run }: Job): boolean => ['tick', 'compile'].includes(run.by) || run.wrote;
    if (!jobs.some((job, index) => ended[index] && compiles(job))) return ended;
    await watch.compareTarget();
    const [only] = jobs;
    if (jobs.length > 1 || only?.run.by !== 'tick' || !ended[0]) return ended;
    const undone = leftUndone({ standings: met, rules, now: only.run.now }, watch, truth);
    if (undone) throw new Objection(undone.key, undone.text);
    return ended;
  }

  /** Whether a run got to its end. */
  async function survives(run: Run, work: () => Promise<unknown>): Promise<boolean> {
    const count = (what: string) => watch.counts.set(what, (watch.counts.get(what) ?? 0) + 1);
    count(run.by);
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Killed) {
        count('killed runs');
        journal.note(run.key ?? 'everybody', run.now, `a ${run.by} is killed`);
        return false;
      }
      if (!(error instanceof CommandError)) throw error;
      count(error.code);
      if (error.code === 'unknown-rollout' || error.code === 'bad-usage') throw error;
      return false;
    }
  }

  const tick = (now: Instant): Job => ({
    run: { by: 'tick', now, dead: false, wrote: false, looked: 0, listed: 0 },
    work: async (given) => {
      ticks += 1;
      const { outcome } = await reconcile(given);
      const odd = outcome.failures.find(({ code }) => !EXPECTED.includes(code));
      if (odd) throw new Objection(odd.subject, `the tick reports ${odd.code}: ${odd.detail}`);
    },
  });

  const compiling = (now: Instant): Job => ({
    run: { by: 'compile', now, dead: false, wrote: false, looked: 0, listed: 0 },
    work: compile,
  });

  function saying({ key, verb, user }: Saying, now: Instant, source: string, since = now): Job {
    return {
      run: { by: verb, user, key, now, dead: false, wrote: false, looked: 0, listed: 0 },
      work: async (given) => {
        const origin = { source, since: since - 1000 };
        const text = `/rollout ${verb} ${key} because`;
        const { kind, text: answer } = await respond(given, text, user, { origin });
        journal.note(key, now, `${user} says ${verb}: ${kind}, ${answer}`);
        if (kind === 'failed' && !answer.includes('has errors, so no flag goes up'))
          throw new Objection(key, `${verb} failed: ${answer}`);
      },
    };
  }

  /** Five minutes of everybody's life. */
  async function step(number: number): Promise<void> {
    const draw = random(seed, 'step', number);
    // The clocks of the machines that runs are on are not one clock.
    const clock = (): Instant => at + 60_000 + draw.between(-40_000, 40_000);
    const acts = people.acts;
    const said: Saying[] = [];
    for (const key of keys) {
      const saying = await people.about(key, number, at + draw.between(0, 59_000));
      if (saying) said.push(saying);
    }
    await people.elsewhere(number, at + draw.between(0, 59_000));
    await watch.follow();
    if (people.acts !== acts && draw.chance(0.7)) await group([compiling(clock())], draw);
    const beside: Job[] = [];
    for (const each of said) {
      comments += 1;
      const source = `comment-${comments}`;
      if (draw.chance(0.2)) {
        beside.push(saying(each, clock(), source));
        continue;
      }
      const now = clock();
      const [ended] = await group([saying(each, now, source)], draw);
      // Somebody runs the workflow of the comment again, because it failed or for no reason.
      if (ended && !draw.chance(0.2)) continue;
      repeats.push({ step: number + draw.between(0, 6), job: saying(each, clock(), source, now) });
    }
    for (const { job } of repeats.filter((repeat) => repeat.step <= number)) {
      await group([{ ...job, run: { ...job.run, now: clock() } }], draw);
    }
    repeats = repeats.filter((repeat) => repeat.step > number);
    if (at < asleepUntil) {
      if (beside.length > 0) await group(beside, draw);
      return;
    }
    if (draw.chance(1 / 400)) {
      asleepUntil = at + draw.pick([0.5, 3, 12]) * HOUR;
      journal.note('everybody', at, 'no ticks for a while');
    }
    const late = draw.chance(0.1) ? draw.between(0, 120_000) : 0;
    const second = draw.chance(0.05) ? [tick(clock())] : [];
    await group([tick(clock() + late), ...second, ...beside], draw);
  }

  let number = 0;
  try {
    await group([compiling(at)], random(seed, 'first'));
    for (; at < end && !until?.(); at += EVERY) {
      await step(number);
      number += 1;
    }
    for (const hours of [0, 1, 5]) {
      const later = (forge: Forge) => context(forge, at + hours * HOUR, true);
      await sameInClone(home, BOT, later);
    }
  } catch (error) {
    const key = error instanceof Objection ? error.key : 'everybody';
    const message = error instanceof Objection ? error.message : String((error as Error).stack);
    for (const { at: when, text } of truth.news(key, START, at + EVERY))
      journal.note(key, when, text);
    return {
      ticks,
      days: number / TICKS_A_DAY,
      counts: watch.counts,
      failure: { key, message, history: journal.history(key) },
    };
  }
  return { ticks, days: number / TICKS_A_DAY, counts: watch.counts };
}
