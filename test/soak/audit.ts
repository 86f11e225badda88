import type { Flag } from './read.ts';

/** A line in a commit message that says what was done to a rollout. */
export interface Line {
  readonly key: string;
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly via?: string;
}

/** Reads the lines back, without the code that wrote them. */
export function linesOf(message: string): readonly Line[] {
  const paragraph = message.trimEnd().split('\n\n').at(-1) ?? '';
  return paragraph.split('\n').flatMap((line): Line[] => {
    const [, key, action, from, to, via] =
      /^Rollout: (\S+) ([a-z]+) (\S+)->(\S+?)(?: by=\S+)?(?: via=(\S+))? evidence=sha256:\w{64}$/.exec(
        line,
      ) ?? [];
    return key && action && from && to
      ? [{ key, action, from, to, ...(via === undefined ? {} : { via }) }]
      : [];
  });
}

const PHASES: Readonly<Record<string, string>> = {
  start: 'progressing',
  advance: 'progressing',
  pause: 'paused',
  complete: 'completed',
  rollback: 'rolled-back',
  degrade: 'degraded',
  restart: 'pending',
};

/** Where a line does not account for what became of the file. */
export function lineFault(line: Line, before: Flag, after: Flag): string | undefined {
  const { action, from, to } = line;
  const was = before.index < 0 ? 'off' : before.stage;
  const is = after.index < 0 ? 'off' : after.stage;
  const moves = ['start', 'advance', 'rollback', 'restart', 'resume'].includes(action);
  const phase = PHASES[action] ?? (action === 'resume' ? after.phase : before.phase);
  const kill = action === 'kill' || (action !== 'unkill' && before.kill);
  const accounts =
    from === was && is === (moves ? to : from) && after.phase === phase && after.kill === kill;
  return accounts
    ? undefined
    : `the message says ${action} ${from}->${to}, the file went from ${before.phase} ${was} to ${after.phase} ${is}${after.kill ? ' (killed)' : ''}`;
}
