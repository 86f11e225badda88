import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Duration, MINUTE } from '../../src/time.ts';
import { type TemporaryRepository, temporaryRepository } from '../../test/support/git.ts';
import { sluice } from '../../test/support/program.ts';
import { type RunningPrometheus, startPrometheus } from '../../test/support/prometheus.ts';
import { type Load, startLoad } from './load.ts';
import { type Journal, type Moved, type Outcome, outcomeOf } from './outcome.ts';
import {
  AFTERWARDS,
  config,
  FAULT_AFTER,
  FAULTY_STAGE,
  rollout,
  TICK,
  WARM_UP,
} from './scenario.ts';
import { type Service, startService } from './start-service.ts';
import { runTick, type Tick } from './ticks.ts';

/** What there is while it runs. */
export interface Stand {
  readonly repository: TemporaryRepository;
  readonly service: Service;
  readonly prometheus: RunningPrometheus;
  readonly load: Load;
}

/** Hears of what happens, as it happens. */
export interface Listener {
  ready(stand: Stand): void;
  moved(move: Moved): void;
  /** The flag stands still for a reason that is not the time it must spend in its stage. */
  held(tick: Tick): void;
  faultOn(at: number): void;
  safe(at: number): void;
}

export interface PlayOptions {
  readonly listener?: Partial<Listener>;
  /** Ends everything early, as a Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** The repository stays, for people to look around in. */
  readonly keep?: boolean;
  /** How long it may take until the flag is taken back, on a machine that may be busy. */
  readonly patience?: Duration;
}

/**
 * Plays the whole thing once: a service with users, its metrics, and the program that moves its
 * flag by them. Whatever happens, no process is left.
 *
 * @throws where the flag stops on its way, or nothing comes of it in time
 */
export async function playLive(options: PlayOptions = {}): Promise<Outcome> {
  const { listener = {}, signal, keep = false, patience = 2 * MINUTE } = options;
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const began = Date.now();
    const stand = await prepare(closing, keep);
    signal?.throwIfAborted();
    listener.ready?.(stand);
    await sleep(WARM_UP, undefined, { signal });
    const journal = await drive(stand, { began, listener, deadline: began + patience, signal });
    return outcomeOf(journal);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Starts everything. What is to be ended again is noted as soon as it is there. */
async function prepare(closing: (() => Promise<unknown>)[], keep: boolean): Promise<Stand> {
  const repository = await temporaryRepository({ prefix: 'sluice-live-' });
  if (!keep) closing.push(repository.cleanup);
  // It has no flags yet, and answers everybody with the default of its code.
  const service = await startService(join(repository.dir, 'flags/flagd.json'));
  closing.push(service.stop);
  const prometheus = await startPrometheus({ scrape: { every: '1s', targets: [service.target] } });
  closing.push(prometheus.stop);
  await repository.write('.github/sluice.yml', config(prometheus.url));
  await repository.write('rollouts/new-checkout.yaml', rollout);
  await repository.commitAll('Roll out the new checkout');
  const compiled = await sluice(repository.dir, ['compile']);
  if (compiled.code !== 0) throw new Error(`compile failed:\n${compiled.stdout}${compiled.stderr}`);
  await service.flagsReadAfter(0);
  const load = startLoad(service.url);
  closing.push(load.stop);
  return { repository, service, prometheus, load };
}

interface Driving {
  readonly began: number;
  readonly deadline: number;
  readonly listener: Partial<Listener>;
  readonly signal: AbortSignal | undefined;
}

/** Ticks until the flag is taken back, and watches the users for a while. */
async function drive(stand: Stand, driving: Driving): Promise<Journal> {
  const { repository, service, load } = stand;
  const { began, deadline, listener, signal } = driving;
  const moves: Moved[] = [];
  let fault: Promise<number> | undefined;
  for (;;) {
    const tick = await runTick(repository);
    signal?.throwIfAborted();
    const moved = tick.move && { ...tick.move, at: await movedAt(repository) };
    if (moved) {
      moves.push(moved);
      listener.moved?.(moved);
    } else {
      if (tick.decided !== 'hold') throw stopped(tick);
      if (tick.code !== 'dwell') listener.held?.(tick);
    }
    if (moved?.to === FAULTY_STAGE && moved.action === 'advance') {
      fault = breakLater(service, driving);
      // Whoever waits for it below hears of a failure.
      fault.catch(() => undefined);
    }
    if (moved?.action === 'rollback') {
      const read = await service.flagsReadAfter(moved.at);
      listener.safe?.(read);
      await sleep(AFTERWARDS, undefined, { signal });
      const after = await runTick(repository);
      const late = after.move && { ...after.move, at: await movedAt(repository) };
      await load.stop();
      const [noticed, reverted] = [tick.began, moved.at];
      return {
        began,
        moves: late ? [...moves, late] : moves,
        // A rollback before there is a fault waits for none.
        ...(fault ? { faultOn: await fault } : {}),
        noticed,
        reverted,
        read,
        seen: load.seen,
        skipped: load.skipped,
      };
    }
    if (moved && moved.action !== 'start' && moved.action !== 'advance') throw stopped(tick);
    if (Date.now() > deadline) throw new Error(`nothing more came of it in time: ${tick.why}`);
    await sleep(Math.max(0, tick.began + TICK - Date.now()), undefined, { signal });
  }
}

/** Switches the fault on when all users have been seen in the stage, whatever the ticks do then. */
async function breakLater(service: Service, { listener, signal }: Driving): Promise<number> {
  await sleep(FAULT_AFTER, undefined, { signal });
  const at = await service.breakTreatment();
  listener.faultOn?.(at);
  return at;
}

const stopped = ({ decided, why, failures }: Tick): Error =>
  new Error(`the flag stopped on its way (${decided}): ${[why, ...failures].join('; ')}`);

/** When the branch was last moved, to the millisecond; a commit's own date has only seconds. */
async function movedAt({ dir }: TemporaryRepository): Promise<number> {
  return Math.round((await stat(join(dir, '.git/refs/heads/main'))).mtimeMs);
}
