import type { FileContent } from './git/bare.ts';
import type { Signature } from './git/objects.ts';
import { type Actor, announce } from './state/announce.ts';
import { signature } from './state/authors.ts';
import { moveRef } from './state/branches.ts';
import { addComment, addLabels, closeIssue, openIssue } from './state/issues.ts';
import { mergePull, mergeWaiting } from './state/merge.ts';
import type {
  Comment,
  Issue,
  MergeMethod,
  Protection,
  Reaction,
  Role,
  Settings,
  WorkflowEvent,
} from './state/model.ts';
import { openPull } from './state/open-pull.ts';
import { followHead } from './state/pulls.ts';
import type { PullIssue, StoredRepository } from './state/repository.ts';

export type Files = Readonly<Record<string, FileContent>>;

export interface NewCommit {
  /** The default branch unless given; made from it where it does not exist. */
  readonly branch?: string;
  /** What changes; `null` deletes. */
  readonly files: Files;
  readonly message?: string;
  /** A login. */
  readonly author?: string;
  /** Milliseconds since 1970, or ISO 8601. */
  readonly date?: number | string;
}

/** An issue or pull request, for assertions. */
export interface IssueView {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly user: string;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
}

export interface PullView extends IssueView {
  readonly head: string;
  readonly headSha: string;
  readonly headRepository: string;
  readonly base: string;
  readonly merged: boolean;
  readonly mergedBy: string | undefined;
  readonly mergeCommit: string | undefined;
  readonly autoMerge: 'merge' | 'squash' | 'rebase' | undefined;
  readonly draft: boolean;
  readonly reviewers: readonly string[];
  readonly teamReviewers: readonly string[];
}

export interface CommentView {
  readonly id: number;
  readonly user: string;
  readonly body: string;
  readonly edited: boolean;
  readonly reactions: readonly { readonly user: string; readonly content: Reaction }[];
}

/** One repository, as a test sets it up and looks at it. Nothing here is in the request log. */
export class Repository {
  readonly stored: StoredRepository;

  constructor(stored: StoredRepository) {
    this.stored = stored;
  }

  /** `acme/shop`. */
  get name(): string {
    return this.stored.fullName;
  }

  get defaultBranch(): string {
    return this.stored.defaultBranch;
  }

  /** What would have started workflows, oldest first. GITHUB_TOKEN's own doings are not here. */
  get workflowEvents(): readonly WorkflowEvent[] {
    return this.stored.workflowEvents;
  }

  git(...args: readonly string[]): Promise<string> {
    return this.stored.git.git(...args);
  }

  /** A commit on a branch, as a push by a person. Answers its id. */
  commit(commit: NewCommit): Promise<string> {
    return this.stored.writes.run(async () => {
      const { git, world, defaultBranch } = this.stored;
      const { branch = defaultBranch, files, message = 'A commit', author = 'ada' } = commit;
      const ref = `refs/heads/${branch}`;
      const at = await git.ref(ref);
      const parent = at ?? (await git.ref(`refs/heads/${defaultBranch}`));
      const tree = parent && (await git.commit(parent.oid))?.tree;
      const date = commit.date === undefined ? world.now() : new Date(commit.date).getTime();
      const by: Signature = signature(world.account(author), date);
      const oid = await git.writeCommit({
        tree: await git.editFiles(tree, files),
        parents: parent === undefined ? [] : [parent.oid],
        author: by,
        committer: by,
        message,
      });
      const moved = await moveRef(this.stored, this.#actor(author), ref, oid, at?.oid);
      if (!moved.ok) throw new Error(`${ref} did not move`);
      return oid;
    });
  }

  /** Sets a branch to a commit, forwards or not; `undefined` deletes it. */
  setBranch(branch: string, oid: string | undefined, user = 'ada'): Promise<void> {
    return this.stored.writes.run(async () => {
      const ref = `refs/heads/${branch}`;
      const at = await this.stored.git.ref(ref);
      await moveRef(this.stored, this.#actor(user), ref, oid, at?.oid);
    });
  }

  /** A branch's commit, or undefined. */
  async head(branch = this.defaultBranch): Promise<string | undefined> {
    return (await this.stored.git.ref(`refs/heads/${branch}`))?.oid;
  }

  async branches(): Promise<readonly string[]> {
    const refs = await this.stored.git.refs('refs/heads');
    return refs.map(({ ref }) => ref.slice('refs/heads/'.length));
  }

  /** Every file of a branch or commit, as text. */
  async files(name = this.defaultBranch): Promise<Readonly<Record<string, string>>> {
    const { git } = this.stored;
    const at = (await git.ref(`refs/heads/${name}`)) ?? (await git.info(name));
    const tree = at && (await git.commit(at.oid))?.tree;
    const files: Record<string, string> = {};
    for (const { mode, path, oid } of tree === undefined ? [] : await git.walk(tree)) {
      if (mode.startsWith('1') && mode !== '160000') {
        files[path] = (await git.blob(oid))?.toString() ?? '';
      }
    }
    return files;
  }

  /** Commits of a branch, newest first, along first parents. */
  async commits(branch = this.defaultBranch) {
    const { git, signed } = this.stored;
    const found = [];
    let next = await git.commit(`refs/heads/${branch}`);
    while (next !== undefined) {
      const { oid, parents, message, author } = next;
      found.push({ oid, parents, message, author: author.name, verified: signed.has(oid) });
      const [parent] = parents;
      next = parent === undefined ? undefined : await git.commit(parent);
    }
    return found;
  }

  /** A person's fork, made from what is here now. */
  async fork(user: string): Promise<Repository> {
    const name = `${user}/${this.stored.name}`;
    const known = this.stored.world.repository(name);
    const stored =
      known ??
      (await this.stored.world.createRepository(name, {
        private: this.stored.isPrivate,
        branch: this.defaultBranch,
        settings: {},
        parent: this.stored,
      }));
    return new Repository(stored);
  }

  /** Opens a pull request and answers its number. `files` are committed to its head first. */
  async openPullRequest(pull: {
    readonly head: string;
    readonly base?: string;
    readonly title?: string;
    readonly body?: string;
    readonly user?: string;
    readonly draft?: boolean;
    /** From the user's fork rather than a branch here. */
    readonly fork?: boolean;
    readonly files?: Files;
    readonly labels?: readonly string[];
  }): Promise<number> {
    const { head, user = 'ada', files, fork = false } = pull;
    const home = fork ? await this.fork(user) : this;
    if (files !== undefined) await home.commit({ branch: head, files, author: user });
    return this.stored.writes.run(async () => {
      const issue = await openPull(this.stored, this.#actor(user), {
        head: fork ? `${user}:${head}` : head,
        base: pull.base ?? this.defaultBranch,
        title: pull.title ?? 'A pull request',
        body: pull.body ?? null,
        draft: pull.draft ?? false,
      });
      addLabels(this.stored, issue, pull.labels ?? []);
      return issue.number;
    });
  }

  /** As a person who does not want it. */
  closePullRequest(number: number, user = 'ada'): void {
    const issue = this.#pull(number);
    const now = this.stored.world.now();
    closeIssue(issue, this.#actor(user), now);
    issue.pull.autoMerge = null;
    announce(this.stored, this.#actor(user), { event: 'pull_request', action: 'closed', number });
  }

  /** Has a pull request merge into another branch than the one it was opened for. */
  async retarget(number: number, base: string): Promise<void> {
    const baseSha = await this.head(base);
    if (baseSha === undefined) throw new Error(`${this.name} has no branch ${base}`);
    Object.assign(this.#pull(number).pull, { baseRef: base, baseSha });
  }

  /** As a person who thinks that it was closed too soon. */
  reopenPullRequest(number: number, user = 'ada'): void {
    const issue = this.#pull(number);
    const now = this.stored.world.now();
    Object.assign(issue, { state: 'open', closedAt: null, updatedAt: now });
    announce(this.stored, this.#actor(user), { event: 'pull_request', action: 'reopened', number });
  }

  /** Merges as a person with the merge button, whom rules bind as much as the API. */
  async mergePullRequest(
    number: number,
    user = 'ada',
    method: MergeMethod = 'merge',
  ): Promise<string> {
    const merged = await this.stored.writes.run(() =>
      mergePull(this.stored, this.#pull(number), this.#actor(user), { method }),
    );
    if (merged.kind === 'merged') return merged.sha;
    throw new Error(merged.kind === 'refused' ? merged.message : 'the head moved');
  }

  openIssue(issue: {
    readonly title: string;
    readonly body?: string;
    readonly user?: string;
    readonly labels?: readonly string[];
  }): number {
    const { title, body = null, user = 'ada' } = issue;
    const opened = openIssue(this.stored, this.#actor(user), title, body);
    addLabels(this.stored, opened, issue.labels ?? []);
    return opened.number;
  }

  /** Answers the comment's id. */
  comment(on: number, { user = 'ada', body }: { user?: string; body: string }): number {
    return addComment(this.stored, this.#actor(user), on, body).id;
  }

  editComment(id: number, body: string): void {
    const comment = this.#comment(id);
    comment.body = body;
    comment.editedAt = Math.max(this.stored.world.now(), comment.createdAt + 1000);
    comment.updatedAt = comment.editedAt;
  }

  /** Hides a comment, which leaves its text as it was and yet is an update. */
  hideComment(id: number): void {
    const comment = this.#comment(id);
    comment.updatedAt = Math.max(this.stored.world.now(), comment.createdAt + 1000);
  }

  /** Its author, or somebody who may, deletes it. */
  deleteComment(id: number): void {
    this.stored.comments.splice(this.stored.comments.indexOf(this.#comment(id)), 1);
  }

  react(id: number, user: string, content: Reaction): void {
    const { world } = this.stored;
    const by = world.account(user);
    const reaction = { id: world.nextId(), user: by, content, at: world.now() };
    this.#comment(id).reactions.push(reaction);
  }

  /** What somebody may do here; `none` takes it away. In a public repository everybody reads. */
  setPermission(user: string, role: Role): void {
    this.stored.world.account(user);
    this.stored.roles.set(user.toLowerCase(), role);
  }

  /** A team of the organisation (`acme/payments`) and who is in it. */
  team(name: string, members: readonly string[]): void {
    const team = this.stored.world.team(name);
    for (const member of members) {
      this.stored.world.account(member);
      team.members.set(member.toLowerCase(), 'member');
    }
  }

  protect(...rules: readonly Protection[]): void {
    this.stored.protections.push(...rules);
  }

  unprotect(): void {
    this.stored.protections = [];
  }

  set(settings: Partial<Settings>): void {
    this.stored.settings = { ...this.stored.settings, ...settings };
  }

  /** Reads of a ref show what it was for this many reads after each write from now on. */
  lagReads(reads: number): void {
    this.stored.lagReads = reads;
  }

  /** Has more files than GitHub lists at once. */
  isLarge(): void {
    this.stored.longestTree = 2;
  }

  /** The workflow files that can be dispatched; any, unless this is called. */
  dispatchable(...workflows: readonly string[]): void {
    this.stored.dispatchable = new Set(workflows);
  }

  /** Reports a check on a commit, and merges what was only waiting for it. */
  async check(sha: string, context: string, result: 'success' | 'failure' | 'pending') {
    const checks = this.stored.checks.get(sha) ?? new Map();
    this.stored.checks.set(sha, checks.set(context, result));
    await this.stored.writes.run(() => mergeWaiting(this.stored));
  }

  /** Every check the rules ask for passes on a pull request's head. */
  async passChecks(number: number): Promise<void> {
    const issue = this.#pull(number);
    await followHead(this.stored, issue);
    const contexts = this.stored.protections.flatMap((rule) => rule.requiredChecks ?? []);
    for (const context of contexts) await this.check(issue.pull.headSha, context, 'success');
    await this.stored.writes.run(() => mergeWaiting(this.stored));
  }

  async approve(number: number, user: string): Promise<void> {
    this.stored.world.account(user);
    this.#pull(number).pull.approvals.add(user);
    await this.stored.writes.run(() => mergeWaiting(this.stored));
  }

  /** Every pull request, oldest first. */
  pulls(): readonly PullView[] {
    return this.stored.pulls().map(pullView);
  }

  pull(number: number): PullView {
    return pullView(this.#pull(number));
  }

  /** Issues that are no pull requests. */
  issues(): readonly IssueView[] {
    return [...this.stored.issues.values()].filter(({ pull }) => pull === undefined).map(issueView);
  }

  comments(on: number): readonly CommentView[] {
    return this.stored.comments.filter((comment) => comment.on === on).map(commentView);
  }

  #actor(login: string): Actor {
    return { account: this.stored.world.account(login), kind: 'setup' };
  }

  #pull(number: number): PullIssue {
    const issue = this.stored.pull(number);
    if (issue === undefined) throw new Error(`${this.name} has no pull request #${number}`);
    return issue;
  }

  #comment(id: number): Comment {
    const comment = this.stored.comments.find((candidate) => candidate.id === id);
    if (comment === undefined) throw new Error(`${this.name} has no comment ${id}`);
    return comment;
  }
}

function issueView(issue: Issue): IssueView {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    user: issue.user.login,
    state: issue.state,
    labels: [...issue.labels],
  };
}

function pullView(issue: PullIssue): PullView {
  const { pull } = issue;
  return {
    ...issueView(issue),
    head: pull.headRef,
    headSha: pull.headSha,
    headRepository: pull.headRepository,
    base: pull.baseRef,
    merged: pull.mergedAt !== null,
    mergedBy: pull.mergedBy?.login,
    mergeCommit: pull.mergeCommit ?? undefined,
    autoMerge: pull.autoMerge?.method,
    draft: pull.draft,
    reviewers: [...pull.reviewers],
    teamReviewers: [...pull.teamReviewers],
  };
}

function commentView(comment: Comment): CommentView {
  return {
    id: comment.id,
    user: comment.user.login,
    body: comment.body,
    edited: comment.editedAt !== null,
    reactions: comment.reactions.map(({ user, content }) => ({ user: user.login, content })),
  };
}
