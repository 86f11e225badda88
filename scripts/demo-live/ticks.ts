import { readTrailers } from '../../src/tell/commit.ts';
import { sluice } from '../../test/support/program.ts';

/** What a tick wrote: read from git, which is all that a tick leaves behind. */
export interface Move {
  readonly oid: string;
  readonly subject: string;
  /** `start`, `advance`, `rollback`, … */
  readonly action: string;
  /** The stage it led to, or `off`. */
  readonly to: string;
  readonly because: string;
  /** What was measured, a line each. */
  readonly evidence: readonly string[];
}

/** One `sluice reconcile`, by the clock of this machine. */
export interface Tick {
  readonly began: number;
  readonly ended: number;
  readonly move?: Move;
  /** The phase it found the flag in, and what it decided and why. */
  readonly phase: string;
  readonly decided: string;
  readonly code: string;
  readonly why: string;
  /** What could not be done, in the program's words. */
  readonly failures: readonly string[];
}

/** Runs the built program on a repository once, as cron would, and reads what it wrote. */
export async function runTick(repository: {
  readonly dir: string;
  git(...args: readonly string[]): Promise<string>;
}): Promise<Tick> {
  const began = Date.now();
  const ran = await sluice(repository.dir, ['reconcile', '--json']);
  const ended = Date.now();
  const { rollouts = [], commits = [], failures = [] } = ran.json();
  const [flag] = rollouts;
  if (flag === undefined) {
    throw new Error(`the tick saw no flag (exit ${ran.code}):\n${ran.stdout}\n${ran.stderr}`);
  }
  const { phase, decision } = flag;
  const oid = commits.find(({ moves }) => moves.length > 0)?.oid;
  const message =
    oid === undefined ? undefined : await repository.git('show', '-s', '--format=%B', oid);
  return {
    began,
    ended,
    ...(oid === undefined || message === undefined ? {} : { move: readMove(oid, message) }),
    phase,
    decided: decision.kind,
    code: decision.code,
    why: decision.why,
    failures: failures.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

/** What a commit says of the one flag that it moves. */
function readMove(oid: string, message: string): Move {
  const [subject = '', ...rest] = message.split('\n');
  const [trailer] = readTrailers(message);
  const told = rest.filter((line) => line.startsWith('  ')).map((line) => line.slice(2));
  const why = told.find((line) => line.startsWith(WHY));
  return {
    oid,
    subject,
    action: trailer?.action ?? '',
    to: trailer?.to ?? '',
    because: why?.slice(WHY.length) ?? '',
    // What was asked is in the commit too, for whoever wants to ask again.
    evidence: told.filter((line) => !line.startsWith(WHY) && !/^\S+ asked: /.test(line)),
  };
}

const WHY = 'Why: ';
