import type { GuardedVerb } from '../model/config.ts';
import { didYouMean } from '../model/suggest.ts';
import { oneLine } from '../text.ts';
import { plainLines } from './plain-lines.ts';

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
  | { readonly kind: 'bad'; readonly problem: string; readonly next?: string }
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

/** A longer comment is not parsed. In bytes: a character has one to four. */
const MAX_COMMENT_BYTES = 16 * 1024;

/**
 * Reads a command: `/rollout <verb> <flag>[@<environment>] [reason]`, on the first line of plain
 * text that begins with the prefix. A comment without such a line is not a command, nor is one that
 * only shows it, in a quote or a block of code, or hides it.
 */
export function parseCommand(text: string, prefix: string): Command {
  const isCommand = (line: string): boolean =>
    line.startsWith(prefix) && /^(?:\s|$)/.test(line.slice(prefix.length));
  // Conversation is neither parsed nor answered, however long it is.
  if (!rawLines(text).some(isCommand)) return { kind: 'none' };
  if (Buffer.byteLength(text) > MAX_COMMENT_BYTES) {
    return {
      kind: 'bad',
      problem: 'the comment is longer than 16 KB, so no command in it was carried out',
      next: 'Put the command in a comment of its own.',
    };
  }
  const line = plainLines(text).map(cleaned).find(isCommand);
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

/** Whether a comment may be a command at all, whatever the prefix: a line begins with a slash. */
export function mayBeCommand(text: string): boolean {
  return rawLines(text).some((line) => line.startsWith('/'));
}

const rawLines = (text: string): readonly string[] => text.split(/\r\n|\r|\n/).map(cleaned);

/** A line without its margins, and without the word joiners that keep a name in our replies from being a mention. */
const cleaned = (line: string): string => line.replaceAll('\u2060', '').trim();

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
