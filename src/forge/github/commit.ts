import type { Head, Oid } from '../../model/head.ts';
import type { LeftOut } from '../../model/repository-file.ts';
import { SECOND } from '../../time.ts';
import type { CommitOutcome, FileChange } from '../forge.ts';
import { type GitHubClient, lookUntilSeen } from './client.ts';
import { GitHubError } from './error.ts';
import { hintFor } from './permissions.ts';

const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

/** How often a commit is sent if GitHub is seen not to have it. */
const TRIES = 3;

/**
 * One commit on a branch, in one request, only if the branch still is where it was read: GraphQL's
 * `createCommitOnBranch` with `expectedHeadOid`, which signs it too.
 *
 * If there is no answer, the branch is read back. A head that has not moved took nothing, and a late
 * first request can no longer succeed beside the second: both are conditional on the same head.
 *
 * A refusal may be about one file, and GitHub does not say which: then the optional ones are left out.
 *
 * @throws GitHubError `not-found` if the branch is gone, or `rate-limited`.
 */
export async function commitOnBranch(
  client: GitHubClient,
  head: Head,
  message: string,
  changes: readonly FileChange[],
): Promise<CommitOutcome> {
  let lost = false;
  for (let tries = 1; ; tries += 1) {
    const made = await orError(create(client, head, message, changes));
    if (!(made instanceof GitHubError)) return { kind: 'committed', oid: made };
    lost ||= made.code === 'ambiguous';
    const stale = made.types.includes('STALE_DATA');
    const last = tries === TRIES;
    // A branch that must have moved, and one that is looked at for the last time, may lag.
    const patient = stale || (last && lost);
    const now = await orError(patient ? tipBeyond(client, head) : branchTip(client, head.branch));
    if (now instanceof GitHubError && lost) return unanswered(head, now);
    const moved = typeof now === 'string' && now !== head.oid;
    if (made.code === 'refused' && !stale && !moved) {
      const less = await withoutOptional(client, head, message, changes, made);
      return less ?? { kind: 'refused', detail: refusal(head.branch, made) };
    }
    if (now instanceof GitHubError) throw now;
    if (moved) {
      // Only a commit of ours that got no answer can be there without our knowing.
      const ours = lost && (await orError(isOurs(client, now, head.oid, message)));
      if (ours instanceof GitHubError) return unanswered(head, ours);
      return ours
        ? { kind: 'committed', oid: now }
        : { kind: 'stale', head: { ...head, oid: now } };
    }
    if (now === undefined && made.code === 'not-found') throw gone(head.branch);
    if (made.code !== 'ambiguous' && !stale) throw made;
    if (last) return unanswered(head, made);
    await client.sleep(tries * SECOND);
  }
}

async function orError<T>(asked: Promise<T>): Promise<T | GitHubError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}

/** The end of all tries: what is known, and what to do. */
function unanswered({ branch }: Head, { message }: GitHubError): CommitOutcome {
  const detail = `GitHub did not answer (${message}); it is not known whether ${branch} took the commit, and it was not there when it was looked for. Run again: nothing is done twice`;
  return { kind: 'refused', detail, unanswered: true };
}

/**
 * The commit without its optional files, and then one for each of those, so that one that is refused
 * keeps no other from being written. `undefined` if the files that are needed are refused as well, or
 * if there is nothing to leave out.
 */
async function withoutOptional(
  client: GitHubClient,
  head: Head,
  message: string,
  changes: readonly FileChange[],
  { said }: GitHubError,
): Promise<CommitOutcome | undefined> {
  const needed = changes.filter(({ optional }) => !optional);
  const optional = changes.filter((change) => change.optional);
  if (optional.length === 0 || changes.length === 1) return undefined;
  let first: Extract<CommitOutcome, { kind: 'committed' }> | undefined;
  if (needed.length > 0) {
    const outcome = await commitOnBranch(client, head, message, needed);
    if (outcome.kind === 'refused' && !outcome.unanswered) return undefined;
    if (outcome.kind !== 'committed') return outcome;
    first = outcome;
  }
  let tip = first?.oid ?? head.oid;
  const leftOut: LeftOut[] = [];
  // With one alone it is known that it is the one.
  const isKnown = needed.length > 0 && optional.length === 1;
  for (const { path, text } of optional) {
    const at = { ...head, oid: tip };
    const made = isKnown ? undefined : await orError(create(client, at, COMPILE, [{ path, text }]));
    if (typeof made === 'string') {
      tip = made;
      first ??= { kind: 'committed', oid: made };
    } else {
      const why = made?.said ?? said;
      leftOut.push({
        path,
        why: `${path} was left out of the commit, which GitHub refused with it: ${why}`,
      });
    }
  }
  return first && { ...first, tip, leftOut };
}

/** What brings an optional file by itself says. */
const COMPILE = 'Compile targets\n';

async function create(
  client: GitHubClient,
  head: Head,
  message: string,
  changes: readonly FileChange[],
): Promise<Oid> {
  const { headline, body } = splitMessage(message);
  const answer = await client.mutate<{
    readonly createCommitOnBranch: { readonly commit: { readonly oid: Oid } };
  }>(COMMIT, {
    input: {
      branch: {
        repositoryNameWithOwner: `${client.owner}/${client.repo}`,
        branchName: head.branch,
      },
      expectedHeadOid: head.oid,
      message: { headline, body },
      fileChanges: {
        additions: changes.flatMap(({ path, text }) =>
          text === undefined ? [] : [{ path, contents: base64(text) }],
        ),
        deletions: changes.flatMap(({ path, text }) => (text === undefined ? [{ path }] : [])),
      },
    },
  });
  return answer.createCommitOnBranch.commit.oid;
}

/** Where a branch is that has moved, waiting until that is to be seen. */
async function tipBeyond(client: GitHubClient, { branch, oid }: Head): Promise<Oid | undefined> {
  const moved = await lookUntilSeen(client, async () => {
    const tip = await branchTip(client, branch);
    return tip === oid ? undefined : (tip ?? 'gone');
  });
  return moved === 'gone' ? undefined : (moved ?? oid);
}

function gone(branch: string): GitHubError {
  const said = `the branch ${branch} is gone: renamed or deleted a moment ago`;
  return new GitHubError('not-found', 'createCommitOnBranch', said);
}

/** Where a branch is now, or `undefined` where there is none. */
export async function branchTip(client: GitHubClient, branch: string): Promise<Oid | undefined> {
  try {
    const ref = await client.read('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ref: `heads/${branch}`,
    });
    return ref.object.sha;
  } catch (error) {
    if (error instanceof GitHubError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Whether a commit is the one we sent: our message on the head that we read. */
async function isOurs(
  client: GitHubClient,
  oid: Oid,
  parent: Oid,
  message: string,
): Promise<boolean> {
  const commit = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: oid,
  });
  const sameParent = commit.parents.length === 1 && commit.parents[0]?.sha === parent;
  return sameParent && commit.message.trim() === message.trim();
}

/** GitHub's no, with what would make it a yes. */
function refusal(branch: string, error: GitHubError): string {
  const setting =
    hintFor(error, 'contents') ||
    `. If a rule protects ${branch}, let the bot's app bypass it: Settings → Rules → Rulesets → Bypass list (or Settings → Branches → Allow specified actors to bypass required pull requests). GITHUB_TOKEN cannot be let past a rule; an app token can`;
  return `${branch} did not take the commit: ${error.said}${setting}`;
}

function splitMessage(message: string): { readonly headline: string; readonly body: string } {
  const [headline = '', ...rest] = message.trimEnd().split('\n');
  return { headline, body: rest.join('\n').trim() };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
