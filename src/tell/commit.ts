import { type By, type Move, nameOf, type RolloutMove } from '../decide/move.ts';
import { defined } from '../defined.ts';
import { currentStage } from '../model/rollout.ts';
import { oneLine } from '../text.ts';
import { inert } from './commit-text.ts';
import { EVIDENCE_COLUMNS, evidenceRow } from './evidence.ts';
import { count, digest } from './text.ts';
import { trialLines } from './trials.ts';
import { describeVerdict } from './verdicts.ts';

/**
 * The message of a commit that moves rollouts: what moved and why for people, the evidence, and a
 * trailer line a rollout that a machine reads back. The digest is of that rollout's section, so
 * that the message proves itself.
 */
export function commitMessage(moves: readonly Move[]): string {
  if (moves.length === 0) return `${commitSubject(moves)}\n`;
  const sections = moves.map((move) => ({ move, text: inert(section(move)) }));
  const trailers = sections.map(({ move, text }) => trailer(move, digest(text)));
  return `${[commitSubject(moves), ...sections.map(({ text }) => text), trailers.join('\n')].join('\n\n')}\n`;
}

/** The first line of that message, which is the title of a pull request too. */
export const commitSubject = (moves: readonly Move[]): string => inert(subject(moves));

/** The longest subject that git's own tools show whole. */
const LONGEST_SUBJECT = 72;

/**
 * `Advance new-checkout@production to early`; `Advance new-checkout and home-layout` where two
 * move alike; `Advance 12 rollouts` where the names are too many.
 */
export function subject(moves: readonly Move[]): string {
  const [first, ...others] = moves;
  if (!first) return 'Compile targets';
  if (others.length === 0) return sentence(first);
  const actions = new Set(moves.map(({ action }) => action));
  const verb = actions.size === 1 ? VERBS[first.action] : 'Move';
  const names = moves.map((move) => (move.of === 'rollout' ? move.rollout.flag : move.flag));
  const named = `${verb} ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return named.length <= LONGEST_SUBJECT ? named : `${verb} ${count(moves.length, 'rollout')}`;
}

const VERBS: Readonly<Record<Move['action'], string>> = {
  start: 'Start',
  advance: 'Advance',
  complete: 'Complete',
  pause: 'Pause',
  rollback: 'Roll back',
  degrade: 'Degrade',
  kill: 'Kill',
  unkill: 'Un-kill',
  resume: 'Resume',
  restart: 'Restart',
  approve: 'Approve',
};

function sentence(move: Move): string {
  if (move.of === 'invalid-file') return `${VERBS.kill} ${oneLine(move.flag)}`;
  const { rollout, action, to } = move;
  const where =
    action === 'rollback'
      ? ` to ${to ?? 'off'}`
      : action === 'degrade'
        ? ` to ${rollout.fallback}`
        : to === undefined
          ? ''
          : ` ${action === 'start' ? 'at' : action === 'approve' ? 'for' : 'to'} ${to}`;
  return `${VERBS[action]} ${rollout.key}${where}`;
}

/** A rollout's part of the message. Every line but the first is indented: no trailer can begin there. */
function section(move: Move): string {
  const said = move.by ? [describeBy(move.by)] : [];
  if (move.of === 'invalid-file') {
    const where = `The file is invalid (${oneLine(move.where)}), and obeys its kill switch alone.`;
    return [`${sentence(move)}.`, ...said, `  ${where}`].join('\n');
  }
  const lines = [`${sentence(move)}.`, `  Why: ${oneLine(move.why)}`, ...said];
  if (move.verdicts.length > 0) {
    lines.push(...aligned([EVIDENCE_COLUMNS, ...move.verdicts.map(evidenceRow)]));
  }
  lines.push(...trialLines(move.trial, move.why).map((line) => `  ${line}`));
  for (const verdict of move.verdicts) {
    const { check, evidence, kind } = verdict;
    const { name } = check.metric;
    if (kind !== 'pass') lines.push(`  ${name}: ${kind}. ${describeVerdict(verdict)}`);
    if (evidence.query) lines.push(`  ${name} asked: ${oneLine(evidence.query, 2000)}`);
    for (const warning of evidence.warnings) {
      lines.push(`  ${name}, the provider warns: ${oneLine(warning)}`);
    }
  }
  if (move.kept) lines.push(`  Evidence: ${describeKept(move.kept)}`);
  return lines.join('\n');
}

const describeKept = (kept: NonNullable<RolloutMove['kept']>): string =>
  'path' in kept ? `${oneLine(kept.path)} ${kept.digest}` : `not kept, because ${kept.leftOut}`;

const describeBy = ({ user, verb, reason }: By): string =>
  `  Said: ${verb} by ${oneLine(user)}${reason ? `, because: ${oneLine(reason)}` : ''}`;

/** Rows as columns of text, indented. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function trailer(move: Move, evidence: string): string {
  const arrow = move.of === 'rollout' ? arrowOf(move) : 'invalid->off';
  const name = move.of === 'rollout' ? nameOf(move) : word(nameOf(move));
  return `Rollout: ${name} ${move.action} ${arrow}${saidBy(move.by)} evidence=${evidence}`;
}

/** `canary->early`: from which stage to which, as a trailer writes it. */
function arrowOf({ rollout, action, to }: RolloutMove): string {
  const from = currentStage(rollout)?.stage.name ?? 'off';
  return `${from}->${to ?? (action === 'rollback' || action === 'restart' ? 'off' : from)}`;
}

/** Something from outside as one word of a trailer, which mentions nobody. */
export const word = (text: string): string =>
  text.replace(/[^A-Za-z0-9@._+-]/g, '_').replace(/(?<!\w)@/g, '_');

/** Who said it and in what, as a trailer writes it. */
function saidBy(by: By | undefined): string {
  const via = by?.source ? ` via=${word(by.source)}` : '';
  return by ? ` by=${word(by.user)}${via}` : '';
}

/** What a trailer line says. */
export interface Trailer {
  readonly key: string;
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly by?: string;
  /** What the command came in. */
  readonly via?: string;
  readonly evidence: string;
}

const TRAILER =
  /^Rollout: (?<key>\S+) (?<action>[a-z]+) (?<from>[^\s>]+)->(?<to>[^\s>]+)(?: by=(?<by>\S+))?(?: via=(?<via>\S+))? evidence=(?<evidence>sha256:[0-9a-f]{64})$/;

/** The longest message and the longest line that are read for trailers, in UTF-16 units. */
const MAX_MESSAGE_LENGTH = 4 * 1024 * 1024;
const MAX_TRAILER_LENGTH = 1_000;

/**
 * Reads the trailers of a commit message back: its last paragraph, and only whole lines of it.
 * Anyone can write a commit message, so this takes linear time.
 */
export function readTrailers(message: string): readonly Trailer[] {
  if (message.length > MAX_MESSAGE_LENGTH) return [];
  const text = message.trimEnd();
  const start = text.lastIndexOf('\n\n');
  const last = start < 0 ? text : text.slice(start + 2);
  return last.split('\n').flatMap((line) => {
    const groups = line.length > MAX_TRAILER_LENGTH ? undefined : TRAILER.exec(line)?.groups;
    if (!groups) return [];
    const { key = '', action = '', from = '', to = '', by, via, evidence = '' } = groups;
    const said = { ...defined({ by, via }) };
    return [{ key, action, from, to, ...said, evidence }];
  });
}

/** The trailers whose digest is that of a section of the same message. */
export function provenTrailers(message: string): readonly Trailer[] {
  const trailers = readTrailers(message);
  if (trailers.length === 0) return [];
  const sections = new Set(message.split('\n\n').map(digest));
  return trailers.filter(({ evidence }) => sections.has(evidence));
}
