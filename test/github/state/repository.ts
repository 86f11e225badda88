import type { BareRepository } from '../git/bare.ts';
import type {
  Account,
  Comment,
  Issue,
  Label,
  Protection,
  Pull,
  Role,
  Settings,
  WorkflowEvent,
} from './model.ts';
import { Queue } from './queue.ts';
import type { World } from './world.ts';

/** A pull request together with the issue it is. */
export type PullIssue = Issue & { readonly pull: Pull };

interface Lag {
  readonly oid: string | undefined;
  reads: number;
}

/** One repository: a bare git repository, and what GitHub keeps around it. */
export class StoredRepository {
  readonly world: World;
  readonly git: BareRepository;
  readonly owner: Account;
  readonly name: string;
  readonly id: number;
  readonly parent: StoredRepository | undefined;
  readonly createdAt: number;
  readonly writes = new Queue();
  isPrivate: boolean;
  defaultBranch: string;
  settings: Settings;
  protections: Protection[] = [];

  readonly roles = new Map<string, Role>();
  readonly issues = new Map<number, Issue>();
  readonly comments: Comment[] = [];
  readonly labels = new Map<string, Label>();
  /** Commit → context → whether it passed. */
  readonly checks = new Map<string, Map<string, 'success' | 'failure' | 'pending'>>();
  /** Commits GitHub itself made and signed. */
  readonly signed = new Set<string>();
  readonly workflowEvents: WorkflowEvent[] = [];
  /** Workflow file names that `workflow_dispatch` starts; undefined takes any. */
  dispatchable: Set<string> | undefined;
  /** At most this many entries of a tree come in one answer; a longer one is cut off and says so. */
  longestTree = 100_000;
  /** How many reads of a ref still show what it was before a write. */
  lagReads = 0;
  readonly #lags = new Map<string, Lag>();

  constructor(options: {
    readonly world: World;
    readonly git: BareRepository;
    readonly owner: Account;
    readonly name: string;
    readonly private: boolean;
    readonly defaultBranch: string;
    readonly settings: Settings;
    readonly parent?: StoredRepository;
  }) {
    this.world = options.world;
    this.git = options.git;
    this.owner = options.owner;
    this.name = options.name;
    this.isPrivate = options.private;
    this.defaultBranch = options.defaultBranch;
    this.settings = options.settings;
    this.parent = options.parent;
    this.id = options.world.nextId();
    this.createdAt = options.world.now();
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  nextNumber(): number {
    return Math.max(0, ...this.issues.keys()) + 1;
  }

  pull(number: number): PullIssue | undefined {
    const issue = this.issues.get(number);
    return issue !== undefined && isPull(issue) ? issue : undefined;
  }

  pulls(): readonly PullIssue[] {
    return [...this.issues.values()].filter(isPull);
  }

  label(name: string): Label {
    const known = this.labels.get(name.toLowerCase());
    if (known !== undefined) return known;
    const label = { id: this.world.nextId(), name, color: 'ededed' };
    this.labels.set(name.toLowerCase(), label);
    return label;
  }

  /** A ref as a reader sees it just now, which may be what it was a moment ago. */
  async visibleRef(ref: string): Promise<{ oid: string; type: string } | undefined> {
    const lag = this.#lags.get(ref);
    if (lag !== undefined && lag.reads > 0) {
      lag.reads -= 1;
      return lag.oid === undefined ? undefined : { oid: lag.oid, type: 'commit' };
    }
    return this.git.ref(ref);
  }

  /** Remembers what a ref was before a write, for as many reads as the test asked to lag. */
  lag(ref: string, oid: string | undefined): void {
    if (this.lagReads > 0) this.#lags.set(ref, { oid, reads: this.lagReads });
  }
}

function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== undefined;
}
