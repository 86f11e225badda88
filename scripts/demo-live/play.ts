import { setTimeout as sleep } from 'node:timers/promises';
import { type Duration, MINUTE } from '../../src/time.ts';
import { drive, type Listener } from './drive.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { WARM_UP } from './scenario.ts';
import { openStand } from './stand.ts';

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
  const { listener = {}, keep = false, patience = 2 * MINUTE } = options;
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const began = Date.now();
    const stand = await openStand(closing, keep);
    signal.throwIfAborted();
    listener.ready?.(stand);
    await sleep(WARM_UP, undefined, { signal });
    return outcomeOf(await drive(stand, { began, deadline: began + patience, listener, signal }));
  } finally {
    over.abort();
    for (const close of closing.reverse()) await close();
  }
}
