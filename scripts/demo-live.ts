/**
 * `npm run demo:live`: a service with users, a Prometheus that scrapes it, and the program that
 * moves its flag. Exits with 1 where it did not go as it must.
 */
import { paintFor } from '../src/tell/paint.ts';
import { shortcomings } from './demo-live/outcome.ts';
import { playLive } from './demo-live/play.ts';
import type { Stand } from './demo-live/stand.ts';
import { storyteller, tellOutcome } from './demo-live/tell.ts';

const paint = paintFor(process.stdout.isTTY === true && !process.env.NO_COLOR);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time nothing is waited for; what runs is ended on the way out.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });
}

const story = storyteller(say, paint);
let dir = '';
try {
  const began = Date.now();
  const ready = (stand: Stand): void => {
    dir = stand.repository.dir;
    story.ready(stand);
  };
  const outcome = await playLive({
    listener: { ...story, ready },
    signal: interrupted.signal,
    keep: true,
  });
  tellOutcome(outcome, dir, say, paint);
  say(`\nTook ${((Date.now() - began) / 1000).toFixed(0)} s.`);
  for (const wrong of shortcomings(outcome)) {
    process.stderr.write(`${paint.red('wrong')} ${wrong}\n`);
    process.exitCode = 1;
  }
} catch (error) {
  const { aborted } = interrupted.signal;
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(aborted ? 'interrupted\n' : `${paint.red('failed')} ${why}\n`);
  if (dir !== '') say(`The repository is ${dir}`);
  process.exitCode = aborted ? 130 : 1;
}
