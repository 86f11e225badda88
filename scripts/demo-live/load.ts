import { Agent, get } from 'node:http';
import { PER_SECOND, USERS } from './scenario.ts';

/** What one user saw once. */
export interface Seen {
  readonly user: number;
  /** When the request was sent, and when it was answered. */
  readonly sent: number;
  readonly at: number;
  /** The variant that answered; nothing where nobody did. */
  readonly variant?: string;
  readonly failed: boolean;
}

/** Users who come by in turn. */
export interface Load {
  /** All that was seen, in the order of the answers. */
  readonly seen: readonly Seen[];
  /** Visits that were left out because too many were still waiting for an answer. */
  readonly skipped: number;
  /** No more come; answers when the last one has been served. */
  stop(): Promise<void>;
}

/** More than these at once are not sent: a service that hangs is not buried. */
const MOST_AT_ONCE = 200;
/** In milliseconds: how often the due visits are sent, and how long one waits. */
const BEAT = 10;
const LONGEST = 10_000;

/** Sends visits to a service at a steady pace, whether it answers quickly or not, until stopped. */
export function startLoad(service: string): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_AT_ONCE });
  const seen: Seen[] = [];
  const began = performance.now();
  const open = new Set<Promise<void>>();
  let due = 0;
  let skipped = 0;
  const send = (): void => {
    const until = Math.floor(((performance.now() - began) / 1000) * PER_SECOND);
    for (; due < until; due += 1) {
      if (open.size >= MOST_AT_ONCE) {
        skipped += 1;
        continue;
      }
      const visit = visitBy(due % USERS, service, agent).then((each) => {
        seen.push(each);
        open.delete(visit);
      });
      open.add(visit);
    }
  };
  const timer = setInterval(send, BEAT);
  return {
    seen,
    get skipped() {
      return skipped;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}

function visitBy(user: number, service: string, agent: Agent): Promise<Seen> {
  const sent = Date.now();
  return new Promise((resolve) => {
    const request = get(`${service}/checkout?user=user-${user}`, { agent }, (response) => {
      response.resume().once('error', lost);
      response.once('end', () => {
        clearTimeout(timer);
        const variant = response.headers['x-variant'];
        const failed = (response.statusCode ?? 500) >= 500;
        const said = typeof variant === 'string' ? { variant } : {};
        resolve({ user, sent, at: Date.now(), ...said, failed });
      });
    });
    // Not the socket's own timeout, which also ends connections that are about to be used again.
    const timer = setTimeout(() => request.destroy(new Error('no answer')), LONGEST);
    const lost = (): void => {
      clearTimeout(timer);
      resolve({ user, sent, at: Date.now(), failed: true });
    };
    request.once('error', lost);
  });
}
