import { issueId } from '../shape/issue.ts';
import { signature, WEB_FLOW } from '../state/authors.ts';
import { moveRef } from '../state/branches.ts';
import { refusesAutoMerge } from '../state/merge.ts';
import type { MergeMethod } from '../state/model.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { refusesUpdate, sentence } from '../state/rules.ts';
import { type Context, permitted, refusal } from './context.ts';
import { commitNode, refNode } from './git.ts';
import { pullNode } from './issues.ts';
import { viewerNode } from './people.ts';

interface CommitInput {
  readonly clientMutationId?: string | null;
  readonly branch: {
    readonly id?: string | null;
    readonly repositoryNameWithOwner?: string | null;
    readonly branchName?: string | null;
  };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[] | null;
    readonly deletions?: readonly { readonly path: string }[] | null;
  } | null;
}

/** One signed commit, only if the branch is where the caller read it. */
export async function createCommitOnBranch(context: Context, input: CommitInput) {
  const { branch, expectedHeadOid } = input;
  const { repositoryNameWithOwner: name, branchName } = branch;
  if (name == null || branchName == null) {
    throw refusal('UNPROCESSABLE', 'the test server takes a branch by repository and name only');
  }
  const stored = permitted(context, name, ['contents', 'write']);
  const short = branchName.replace(/^refs\/heads\//, '');
  return stored.writes.run(async () => {
    const ref = `refs/heads/${short}`;
    const at = await stored.git.ref(ref);
    if (at === undefined) {
      throw refusal('NOT_FOUND', `No such branch: '${short}' in '${stored.fullName}'`);
    }
    if (at.oid !== expectedHeadOid) throw stale(expectedHeadOid);
    const tree = await changed(stored, expectedHeadOid, input.fileChanges);
    const now = context.world.now();
    const body = input.message.body ?? '';
    const oid = await stored.git.writeCommit({
      tree,
      parents: [expectedHeadOid],
      author: signature(context.actor.account, now),
      committer: { ...WEB_FLOW, at: now },
      message: body === '' ? input.message.headline : `${input.message.headline}\n\n${body}`,
    });
    const refused = refusesUpdate(stored, short, oid, context.actor.account);
    if (refused?.kind === 'classic') {
      throw refusal('BRANCH_PROTECTION_RULE_VIOLATION', sentence(refused));
    }
    if (refused !== undefined) throw refusal('UNPROCESSABLE', sentence(refused));
    const moved = await moveRef(stored, context.actor, ref, oid, expectedHeadOid);
    if (!moved.ok) throw stale(expectedHeadOid);
    stored.signed.add(oid);
    return {
      clientMutationId: input.clientMutationId ?? null,
      commit: commitNode(context, stored, oid),
      ref: refNode(context, stored, ref),
    };
  });
}

/** Two spaces: that is how GitHub writes it. */
function stale(expected: string) {
  return refusal(
    'STALE_DATA',
    `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
  );
}

async function changed(
  { git }: StoredRepository,
  head: string,
  changes: CommitInput['fileChanges'],
): Promise<string> {
  const root = (await git.commit(head))?.tree ?? '';
  const files: Record<string, Uint8Array | null> = {};
  for (const { path } of changes?.deletions ?? []) {
    if ((await git.entry(root, path)) === undefined) {
      throw refusal(
        'UNPROCESSABLE',
        `A path was requested for deletion which does not exist as of commit oid \`${head}\``,
      );
    }
    files[path] = null;
  }
  for (const { path, contents } of changes?.additions ?? []) {
    if (path === '' || path.startsWith('/') || /(^|\/)(\.|\.\.|\.git)?(\/|$)/i.test(path)) {
      throw refusal('UNPROCESSABLE', `A path was requested for addition which is invalid: ${path}`);
    }
    if (path in files) {
      throw refusal(
        'UNPROCESSABLE',
        `A path was requested both for addition and deletion: ${path}`,
      );
    }
    // No modes: what was executable or a link becomes a plain file.
    files[path] = Buffer.from(contents, 'base64');
  }
  return git.editFiles(root, files);
}

interface AutoMergeInput {
  readonly clientMutationId?: string | null;
  readonly pullRequestId: string;
  readonly mergeMethod?: string | null;
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
  readonly expectedHeadOid?: string | null;
}

export async function enablePullRequestAutoMerge(context: Context, input: AutoMergeInput) {
  const [stored, issue] = pullById(context, input.pullRequestId);
  permitted(context, stored.fullName, ['contents', 'write']);
  return stored.writes.run(async () => {
    const method = (input.mergeMethod ?? 'MERGE').toLowerCase() as MergeMethod;
    const refused = await refusesAutoMerge(stored, issue, method);
    if (refused !== undefined) throw refusal('UNPROCESSABLE', refused);
    if (input.expectedHeadOid != null && input.expectedHeadOid !== issue.pull.headSha) {
      throw refusal('UNPROCESSABLE', 'Pull request Head sha is not the expected one');
    }
    issue.pull.autoMerge = {
      by: context.actor.account,
      method,
      title: input.commitHeadline ?? undefined,
      message: input.commitBody ?? undefined,
    };
    return {
      clientMutationId: input.clientMutationId ?? null,
      actor: { ...viewerNode(context), __typename: context.actor.account.type },
      pullRequest: pullNode(context, stored, issue),
    };
  });
}

export async function disablePullRequestAutoMerge(context: Context, input: AutoMergeInput) {
  const [stored, issue] = pullById(context, input.pullRequestId);
  permitted(context, stored.fullName, ['contents', 'write']);
  issue.pull.autoMerge = null;
  return {
    clientMutationId: input.clientMutationId ?? null,
    actor: { ...viewerNode(context), __typename: context.actor.account.type },
    pullRequest: pullNode(context, stored, issue),
  };
}

function pullById({ world }: Context, id: string): readonly [StoredRepository, PullIssue] {
  for (const stored of world.repositories.values()) {
    const issue = stored.pulls().find((candidate) => issueId(candidate) === id);
    if (issue !== undefined) return [stored, issue];
  }
  throw refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'.`);
}
