import type { Guarded } from '../comment/command.ts';
import { type RolloutSource, readRolloutFile } from '../files/read.ts';
import type { FileRecord } from '../forge/forge.ts';
import type { GuardedVerb } from '../model/config.ts';
import type { Oid } from '../model/head.ts';
import type { Context } from '../repository/context.ts';
import type { World } from '../repository/world.ts';
import { provenTrailers, type Trailer, word } from '../tell/commit.ts';
import { type Instant, MINUTE } from '../time.ts';

/** What a command came in, where a repeated run must not carry it out again. */
export interface CommandOrigin {
  /** `comment-123` */
  readonly source: string;
  /** When it was said: nothing before can have carried it out. */
  readonly since: Instant;
}

/** Commits to look at for one that carried a command out. */
const DEPTH = 10;
/** Clocks of the one who wrote and the one who commits may differ by this much. */
const SLACK = MINUTE;

/** What a verb does to a rollout, as trailers call it. */
const ACTIONS: Readonly<Record<GuardedVerb, readonly string[]>> = {
  rollback: ['rollback'],
  pause: ['pause'],
  resume: ['resume'],
  promote: ['start', 'advance', 'complete'],
  approve: ['approve'],
  kill: ['kill'],
  unkill: ['unkill'],
  restart: ['restart'],
};

/** The commit that carried out what came in a comment. */
export interface CarriedOut {
  readonly oid: Oid;
  readonly subject: string;
}

/**
 * The commit of Sluice's that carried out what came in this comment, if there is one. A message alone
 * proves nothing: the file has to say so, too, and a flag that was killed must be killed still, unless
 * Sluice un-killed it later.
 */
export async function carriedOut(
  { forge }: Pick<Context, 'forge'>,
  world: World,
  sources: readonly RolloutSource[],
  { verb, flag = '' }: Pick<Guarded, 'verb' | 'flag'>,
  origin: CommandOrigin,
): Promise<CarriedOut | undefined> {
  const { signers } = world.config.policy;
  const options = { limit: DEPTH, ...(signers ? { signers } : {}) };
  const paths = sources.map(({ path }) => path);
  const records = await forge.records(world.head.oid, paths, options);
  const claims = sources.map((file): CarriedOutClaim | undefined =>
    claimOf(records.get(file.path) ?? [], (key) => isOf(key, file, flag), verb, origin),
  );
  const isUndone = (file: RolloutSource, claim: CarriedOutClaim | undefined): boolean =>
    !isKilled(file) && !claim?.later.some(({ action }) => action === 'unkill');
  if (verb === 'kill' && sources.some((file, i) => isUndone(file, claims[i]))) return undefined;
  for (const [i, { path }] of sources.entries()) {
    const claim = claims[i];
    if (!claim) continue;
    const { oid, message } = claim.record;
    const [edit] = await forge.edits([{ oid, path }]);
    if (edit?.after === undefined) continue;
    const [subject = ''] = message.split('\n', 1);
    const file = readRolloutFile(path, edit.after, world.config);
    if (shows(file, claim.trailer)) return { oid, subject };
  }
  return undefined;
}

/** A commit of Sluice's that says it carried a command out, and what Sluice recorded after it. */
interface CarriedOutClaim {
  readonly record: FileRecord;
  readonly trailer: Trailer;
  readonly later: readonly Trailer[];
}

function claimOf(
  records: readonly FileRecord[],
  isIts: (key: string) => boolean,
  verb: GuardedVerb,
  { source, since }: CommandOrigin,
): CarriedOutClaim | undefined {
  const later: Trailer[] = [];
  for (const record of records) {
    const own = record.own ? provenTrailers(record.message) : [];
    const trailers = own.filter(({ key }) => isIts(key));
    const trailer = trailers.find(
      ({ action, via }) => via === source && ACTIONS[verb].includes(action),
    );
    if (trailer && record.at >= since - SLACK) return { record, trailer, later };
    later.push(...trailers);
  }
  return undefined;
}

/** A rollout by its key; an invalid file by the flag alone, for that is all there was to call it. */
function isOf(key: string, file: RolloutSource, flag: string): boolean {
  if (file.kind === 'valid') return key === file.rollout.key || key === file.rollout.flag;
  return key === word(flag) || key.startsWith(`${flag}@`);
}

const isKilled = (file: RolloutSource): boolean =>
  file.kind === 'valid' ? file.rollout.kill : file.killed;

/** Whether a file is as the command that a trailer records leaves it. */
function shows(file: RolloutSource, { action, to, by }: Trailer): boolean {
  if (action === 'kill') return isKilled(file);
  if (file.kind === 'invalid') return false;
  const { kill, status } = file.rollout;
  switch (action) {
    case 'unkill':
      return !kill;
    case 'rollback':
      return status.phase === 'rolled-back';
    case 'pause':
      return status.phase === 'paused';
    case 'resume':
      return status.phase === 'progressing' || status.phase === 'pending';
    case 'restart':
      return status.phase === 'pending';
    case 'approve':
      return status.approvals.some((each) => each.stage === to && word(each.by) === by);
    case 'complete':
      return status.phase === 'completed';
    default:
      return status.phase === 'progressing' && status.stage === to;
  }
}
