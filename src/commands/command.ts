import type { GuardedVerb } from '../config/model.ts';
import { didYouMean } from '../rollout/suggest.ts';
import { oneLine } from '../text.ts';
import { spokenLines } from './spoken.ts';

export const GUARDED_VERBS: readonly GuardedVerb[] = [
  'rollback',
  'pause',
  'resume',
  'promote',
  'approve',
  'kill',
  'unkill',
  'restart',
];

export type Verb = GuardedVerb | 'status' | 'help';

const VERBS: readonly Verb[] = [...GUARDED_VERBS, 'status', 'help'];

/** A command as a person wrote it. */
export type Command =
  | { readonly kind: 'none' }
  | { readonly kind: 'bad'; readonly problem: string }
  | {
      readonly kind: 'command';
      readonly verb: Verb;
      readonly flag?: string;
      readonly environment?: string;
      readonly reason: string;
    };

/** A command that takes a permission, and what it came in. */
export type Guarded = Extract<Command, { kind: 'command' }> & {
  readonly verb: GuardedVerb;
  readonly source?: string;
};

/**
 * Reads a command: `/rollout <verb> <flag>[@<environment>] [reason]`, on the first line that
 * begins with the prefix. Text without such a line is no command, nor is one that is only shown:
 * in a code block, or in an HTML comment that nobody sees.
 */
export function parseCommand(text: string, prefix: string): Command {
  // Word joiners are what our own replies keep names from becoming mentions with.
  const line = spokenLines(text.replaceAll('\u2060', ''))
    .map((each) => each.trim())
    .find((each) => each.startsWith(prefix) && /^(?:\s|$)/.test(each.slice(prefix.length)));
  if (line === undefined) return { kind: 'none' };
  const [, verb = 'help', target, ...rest] = line.split(/\s+/);
  const known = VERBS.find((each) => each === verb.toLowerCase());
  if (!known) {
    const hint = didYouMean(verb, VERBS);
    return { kind: 'bad', problem: `\`${oneLine(verb, 40)}\` is no command: ${hint}` };
  }
  const [flag, ...environments] = target?.split('@') ?? [];
  const environment = environments.join('@');
  if (!flag && isGuarded(known)) {
    return {
      kind: 'bad',
      problem: `${known} which flag? Say \`${prefix} ${known} <flag> [reason]\``,
    };
  }
  return {
    kind: 'command',
    verb: known,
    ...(flag ? { flag } : {}),
    ...(environment ? { environment } : {}),
    reason: oneLine(rest.join(' ')),
  };
}

export function isGuarded(verb: Verb): verb is GuardedVerb {
  return verb !== 'status' && verb !== 'help';
}

/** What the commands are, a line each. */
export function helpText(prefix: string): string {
  const lines: Readonly<Record<Verb, string>> = {
    rollback: 'back one stage, or off, as the rollout says; at once',
    pause: 'stay here until somebody says resume',
    resume: 'go on from here; the clock of the stage starts again',
    promote: 'go to the next stage now, without waiting; never past a breach',
    approve: 'approve the next stage',
    kill: 'off for everybody, at once',
    unkill: 'undo kill; the clock of the stage starts again',
    restart: 'off, then from the first stage',
    status: 'how it stands',
    help: 'this',
  };
  return VERBS.map((verb) => {
    const target = isGuarded(verb)
      ? ' <flag>[@environment] [reason]'
      : verb === 'status'
        ? ' [flag]'
        : '';
    return `${prefix} ${verb}${target}\n    ${lines[verb]}`;
  }).join('\n');
}
