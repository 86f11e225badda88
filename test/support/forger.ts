import type { By, MoveAction } from '../../src/decide/move.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { commitMessage } from '../../src/tell/commit.ts';
import { move, rollout, stage, status } from './builders.ts';
import type { Shop } from './shop.ts';

/** What somebody claims to have been done to a rollout. */
export interface Claim {
  /** `checkout@production` unless given. */
  readonly key?: string;
  readonly action: MoveAction;
  readonly from?: string;
  readonly to?: string;
  readonly by?: Partial<By>;
}

/** A commit message as Sluice words it, whoever writes it: anybody can. */
export function claim({ key = 'checkout@production', action, from, to, by }: Claim): string {
  const subject: Rollout = rollout({
    key,
    flag: key.split('@')[0] ?? key,
    ...(from === undefined
      ? { status: status() }
      : { stages: [stage(from)], status: status({ phase: 'progressing', stage: from }) }),
  });
  return commitMessage([
    move({
      rollout: subject,
      action,
      to,
      why: 'it is claimed',
      verdicts: [],
      by: by && { user: 'ada', verb: 'approve', reason: '', ...by },
    }),
  ]);
}

/**
 * A commit on the default branch by the Actions bot, signed by GitHub: what any workflow with
 * `contents: write` can make.
 */
export async function commitAsBot(
  { github, repository, token }: Pick<Shop, 'github' | 'repository' | 'token'>,
  message: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const [headline = '', ...rest] = message.trimEnd().split('\n');
  const input = {
    branch: { repositoryNameWithOwner: repository.name, branchName: repository.defaultBranch },
    expectedHeadOid: await repository.head(),
    message: { headline, body: rest.join('\n').trim() },
    fileChanges: {
      additions: Object.entries(files).map(([path, text]) => ({
        path,
        contents: Buffer.from(text).toString('base64'),
      })),
    },
  };
  const answer = await fetch(github.graphqlUrl, {
    method: 'POST',
    headers: {
      authorization: `token ${token}`,
      'content-type': 'application/json',
      'user-agent': 'a-workflow',
    },
    body: JSON.stringify({
      query:
        'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }',
      variables: { input },
    }),
  });
  const { errors } = (await answer.json()) as { readonly errors?: unknown };
  if (!answer.ok || errors) throw new Error(`no commit: ${JSON.stringify(errors)}`);
}
