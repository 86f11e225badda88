import type { Assessment } from '../decide/assessment.ts';
import { approvalsNeeded } from '../decide/progress.ts';
import { isStepUp } from '../decide/transition.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { CannotTell, FileRecord } from '../forge/forge.ts';
import type { Doubts, PinnedKey, VoidApproval } from '../model/doubts.ts';
import type { Approval, Rollout } from '../model/rollout.ts';
import { provenTrailers, type Trailer } from '../tell/commit.ts';
import { commentProblem, WHY_VOID } from './approval.ts';
import type { Context } from './context.ts';
import { permissionOf } from './permission.ts';
import { isWritten, mayRecord, mayWrite, recordOf, type StatusChange, statusIn } from './record.ts';
import type { World } from './world.ts';

/** Commits of a file to look at for the one that wrote something. */
const DEPTH = 50;

/** What is to be known of a rollout's status: whether Sluice wrote it. */
export interface StatusQuestion {
  readonly rollout: Rollout;
  readonly approvals: readonly Approval[];
  readonly pinned: readonly PinnedKey[];
}

/** What a step up rests on; `undefined` if that is nothing that the status says. */
export function questionOf({
  rollout,
  decision,
  verdicts,
  policy,
}: Assessment): StatusQuestion | undefined {
  if (!isStepUp(decision)) return undefined;
  const to = decision.kind === 'complete' ? undefined : decision.to;
  const { status, ladder } = rollout;
  const needed = to === undefined ? 0 : approvalsNeeded(rollout, to, policy);
  const approvals = needed === 0 ? [] : status.approvals.filter(({ stage }) => stage === to?.name);
  const started = decision.kind !== 'start';
  const usesPinned = verdicts.some(({ evidence }) => evidence.baseline?.from === 'pinned');
  const pinned: readonly PinnedKey[] = [
    ...(started && ladder.kind === 'named' && status.ladder !== undefined
      ? ['ladder' as const]
      : []),
    ...(started && usesPinned ? ['baseline' as const] : []),
  ];
  return approvals.length + pinned.length === 0 ? undefined : { rollout, approvals, pinned };
}

/**
 * What some statuses say that Sluice did not write, by the rollouts' keys: in two batches for all of
 * them, and at a home with comments some requests for each approval. A question without an answer
 * leaves the others theirs.
 */
export async function doubtsAbout(
  context: Pick<Context, 'forge'>,
  world: Pick<World, 'head' | 'config'>,
  questions: readonly StatusQuestion[],
): Promise<ReadonlyMap<string, Doubts | CannotTell>> {
  const known = await orUnknown(() => lookUp(context, world, questions));
  if ('unknown' in known) return new Map(questions.map(({ rollout }) => [rollout.key, known]));
  const doubts = new Map<string, Doubts | CannotTell>();
  for (const { question, changes } of known.asked) {
    const answer = await orUnknown(() => judge(context, world.config, question, changes));
    doubts.set(question.rollout.key, answer);
  }
  return doubts;
}

/** What a forge answers, or why it does not. */
async function orUnknown<T>(ask: () => Promise<T>): Promise<T | CannotTell> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ForgeFailure) return { unknown: error.message };
    throw error;
  }
}

interface Asked {
  readonly question: StatusQuestion;
  readonly changes: readonly StatusChange[];
}

/** What became of each file, as far as its question needs it. */
async function lookUp(
  { forge }: Pick<Context, 'forge'>,
  { head, config }: Pick<World, 'head' | 'config'>,
  questions: readonly StatusQuestion[],
): Promise<{ readonly asked: readonly Asked[] }> {
  if (questions.length === 0) return { asked: [] };
  const { signers } = config.policy;
  const records = await forge.records(
    head.oid,
    questions.map(({ rollout }) => rollout.file),
    { limit: DEPTH, ...(signers ? { signers } : {}) },
  );
  const read = trailerReader();
  const asked = questions.map((question) => {
    const found = records.get(question.rollout.file) ?? [];
    const changes = found.map((each): StatusChange => ({ ...each, trailers: read(each) }));
    return { question, changes, wanted: wantedOf(question, changes) };
  });
  const touched = asked.flatMap(({ question, wanted }) =>
    wanted.map(({ oid }) => ({ oid, path: question.rollout.file })),
  );
  const edits = touched.length === 0 ? [] : await forge.edits(touched);
  let next = 0;
  return {
    asked: asked.map(({ question, changes, wanted }) => {
      const seen = new Map(wanted.map((change) => [change, edits[next++]] as const));
      const withEdits = changes.map((change): StatusChange => {
        const edit = seen.get(change);
        if (!edit) return change;
        const [before, after] = [edit.before, edit.after].map((text) => statusIn(text ?? '') ?? {});
        return { ...change, edit: { before: before ?? {}, after: after ?? {} } };
      });
      return { question, changes: withEdits };
    }),
  };
}

/** Reads each commit once: a commit of many bumps is a record of each. */
function trailerReader(): (record: FileRecord) => readonly Trailer[] {
  const known = new Map<string, readonly Trailer[]>();
  return ({ oid, message, own }) => {
    if (!own) return [];
    const trailers = known.get(oid) ?? provenTrailers(message);
    known.set(oid, trailers);
    return trailers;
  };
}

/** The changes whose files have to be read. */
function wantedOf(
  { rollout: { key }, approvals, pinned }: StatusQuestion,
  changes: readonly StatusChange[],
): readonly StatusChange[] {
  // Since the oldest that may have recorded an approval, each may have removed it.
  const oldest = changes.findLastIndex((change) =>
    approvals.some((approval) => mayRecord(change, approval, key)),
  );
  const ladder = changes.findIndex((change) => mayWrite(change, 'ladder', key));
  return changes.filter(
    (change, index) =>
      index <= oldest ||
      (pinned.includes('ladder') && index === ladder) ||
      (pinned.includes('baseline') && mayWrite(change, 'baseline', key)),
  );
}

async function judge(
  context: Pick<Context, 'forge'>,
  config: World['config'],
  { rollout, approvals, pinned }: StatusQuestion,
  changes: readonly StatusChange[],
): Promise<Doubts> {
  const voided: VoidApproval[] = [];
  for (const approval of approvals) {
    const why = await whyVoid(context, config, rollout, approval, changes);
    if (why !== undefined) voided.push({ approval, why });
  }
  const byHand = pinned.filter(
    (name) => !isWritten(name, rollout.status[name] ?? null, rollout.key, changes),
  );
  return {
    approvals: voided,
    ...Object.fromEntries(byHand.map((name) => [name, 'Sluice did not write it'])),
  };
}

async function whyVoid(
  { forge }: Pick<Context, 'forge'>,
  { commands }: World['config'],
  rollout: Rollout,
  approval: Approval,
  changes: readonly StatusChange[],
): Promise<string | undefined> {
  const recorded = recordOf(approval, rollout.key, changes);
  if (recorded.kind === 'void') return WHY_VOID[recorded.code];
  // Whoever may write to a local repository may give every command there.
  if (!forge.comment) return undefined;
  const { comment: number } = approval;
  const comment = number === undefined ? undefined : await forge.comment(number);
  const code = commentProblem({ approval, recorded, comment }, rollout, commands.prefix);
  if (code !== undefined) return WHY_VOID[code];
  const { allow } = commands;
  const { by } = approval;
  const allowed = await permissionOf(forge, allow.approve, by, rollout.owners, { safer: false });
  return allowed.kind === 'yes' ? undefined : `${by} may not say approve any more (${allowed.why})`;
}
