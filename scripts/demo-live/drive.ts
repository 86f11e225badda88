import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../src/time.ts';
import type { Journal, Moved } from './outcome.ts';
import { AFTERWARDS, FAULT_AFTER, FAULTY_STAGE, TICK } from './scenario.ts';
import type { Stand } from './stand.ts';
import type { Service } from './start-service.ts';
import { runTick, type Tick } from './ticks.ts';

/** Hears of what happens, as it happens. */
export interface Listener {
  ready(stand: Stand): void;
  moved(move: Moved): void;
  /** The flag stands still for a reason that is not the time it must spend in its stage. */
  held(tick: Tick): void;
  faultOn(at: Instant): void;
  /** The service has read that the flag was taken back. */
  read(at: Instant): void;
}

export interface Driving {
  readonly began: Instant;
  /** By when the flag must have been taken back. */
  readonly deadline: Instant;
  readonly listener: Partial<Listener>;
  readonly signal: AbortSignal;
}

/** Ticks until the flag is taken back, and then watches its users until all have come by again. */
export async function drive(stand: Stand, driving: Driving): Promise<Journal> {
  const { repository, service, load } = stand;
  const { began, listener, signal } = driving;
  const moves: Moved[] = [];
  const { fault, noticed, reverted } = await climb(stand, driving, moves);
  const read = await service.hasRead('rolled-back');
  listener.read?.(read);
  await sleep(AFTERWARDS, undefined, { signal });
  // Nobody said resume: one more tick must leave it where it is.
  moves.push(...(await tickOnce(repository)).moved);
  await load.stop();
  const faultOn = await fault;
  return {
    began,
    moves,
    ...(faultOn === undefined ? {} : { faultOn }),
    noticed,
    reverted,
    read,
    seen: load.seen,
    skipped: load.skipped,
  };
}

interface Back {
  /** When the fault was switched on, where it was meant to be. */
  readonly fault: Promise<Instant | undefined>;
  readonly noticed: Instant;
  readonly reverted: Instant;
}

/** Ticks until the flag is taken back; on the way the treatment gets its fault. */
async function climb(
  { repository, service }: Stand,
  driving: Driving,
  moves: Moved[],
): Promise<Back> {
  const { deadline, listener, signal } = driving;
  let fault: Promise<Instant | undefined> = Promise.resolve(undefined);
  for (;;) {
    const { tick, moved } = await tickOnce(repository);
    signal.throwIfAborted();
    for (const move of moved) {
      moves.push(move);
      listener.moved?.(move);
    }
    const [move] = moved;
    if (move?.action === 'rollback') return { fault, noticed: tick.began, reverted: move.at };
    if (!['start', 'advance', 'hold'].includes(tick.decided)) throw stopped(tick);
    if (tick.decided === 'hold' && tick.code !== 'dwell') listener.held?.(tick);
    if (move?.to === FAULTY_STAGE) {
      fault = breakLater(service, driving);
      // Where the climb fails first, nobody waits for it.
      fault.catch(() => undefined);
    }
    if (Date.now() > deadline) throw new Error(`nothing came of it in time; it is ${tick.why}`);
    await sleep(Math.max(0, tick.began + TICK - Date.now()), undefined, { signal });
  }
}

/** Switches the fault on when all users have been seen in the stage, whatever the ticks do then. */
async function breakLater(service: Service, { listener, signal }: Driving): Promise<Instant> {
  await sleep(FAULT_AFTER, undefined, { signal });
  const at = await service.breakTreatment();
  listener.faultOn?.(at);
  return at;
}

async function tickOnce(
  repository: Stand['repository'],
): Promise<{ readonly tick: Tick; readonly moved: readonly Moved[] }> {
  const tick = await runTick(repository);
  const { move } = tick;
  return { tick, moved: move ? [{ ...move, at: await movedAt(repository.dir) }] : [] };
}

/** When the branch was last moved, to the millisecond; a commit's own date has only seconds. */
async function movedAt(dir: string): Promise<Instant> {
  return Math.round((await stat(join(dir, '.git/refs/heads/main'))).mtimeMs);
}

const stopped = ({ decided, why, failures }: Tick): Error =>
  new Error(`the flag stopped on its way (${decided}): ${[why, ...failures].join('; ')}`);
