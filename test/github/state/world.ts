import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BareRepository } from '../git/bare.ts';
import type { Account, Role, Settings } from './model.ts';
import { StoredRepository } from './repository.ts';
import type { Token } from './token.ts';

/** `@acme/payments`: who is in it. */
export interface Team {
  readonly organization: string;
  readonly slug: string;
  readonly members: Map<string, 'member' | 'maintainer'>;
}

/** The bots GitHub itself has. */
const ACTIONS_BOT = { login: 'github-actions[bot]', id: 41_898_282 };

export const DEFAULT_SETTINGS: Settings = {
  allowAutoMerge: false,
  allowActionsToCreatePullRequests: true,
  deleteBranchOnMerge: false,
  mergeMethods: ['merge', 'squash', 'rebase'],
};

/** Everything there is on our GitHub: accounts, teams, tokens, repositories, and the time. */
export class World {
  readonly folder: string;
  readonly repositories = new Map<string, StoredRepository>();
  readonly teams = new Map<string, Team>();
  readonly tokens = new Map<string, Token>();
  readonly #accounts = new Map<string, Account>();
  #lastId = 1000;
  /** A fixed time, where a test set one. */
  fixed: number | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.#accounts.set(ACTIONS_BOT.login, { ...ACTIONS_BOT, type: 'Bot' });
  }

  static async create(): Promise<World> {
    return new World(await mkdtemp(join(tmpdir(), 'github-')));
  }

  now(): number {
    return this.fixed ?? Date.now();
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The account of that login, made where nobody had it. Logins ignore case. */
  account(login: string, type?: Account['type']): Account {
    const key = login.toLowerCase();
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const kind = type ?? (login.endsWith('[bot]') ? 'Bot' : 'User');
    const account: Account = { login, id: this.nextId(), type: kind };
    this.#accounts.set(key, account);
    return account;
  }

  knownAccount(login: string): Account | undefined {
    return this.#accounts.get(login.toLowerCase());
  }

  accountById(id: number): Account | undefined {
    return [...this.#accounts.values()].find((account) => account.id === id);
  }

  repository(name: string): StoredRepository | undefined {
    return this.repositories.get(name.toLowerCase());
  }

  async createRepository(
    name: string,
    options: {
      readonly private: boolean;
      readonly branch: string;
      readonly settings: Partial<Settings>;
      readonly parent?: StoredRepository;
    },
  ): Promise<StoredRepository> {
    const [owner = '', short = ''] = name.split('/');
    if (this.repository(name) !== undefined) throw new Error(`${name} exists`);
    const dir = join(this.folder, owner, `${short}.git`);
    const { parent } = options;
    const git =
      parent === undefined
        ? await BareRepository.create(dir, options.branch)
        : await BareRepository.clone(parent.git, dir);
    const repository = new StoredRepository({
      world: this,
      git,
      owner: this.account(owner, parent === undefined ? 'Organization' : 'User'),
      name: short,
      private: options.private,
      defaultBranch: options.branch,
      settings: { ...DEFAULT_SETTINGS, ...options.settings },
      ...(parent === undefined ? {} : { parent }),
    });
    this.repositories.set(name.toLowerCase(), repository);
    return repository;
  }

  team(name: string): Team {
    const key = name.replace(/^@/, '').toLowerCase();
    const [organization = '', slug = ''] = key.split('/');
    const team = this.teams.get(key) ?? { organization, slug, members: new Map() };
    this.teams.set(key, team);
    return team;
  }

  /** What somebody may do in a repository. In a public one everybody reads. */
  role(repository: StoredRepository, login: string): Role {
    const own = repository.owner.login.toLowerCase() === login.toLowerCase() ? 'admin' : undefined;
    const given = repository.roles.get(login.toLowerCase()) ?? own;
    if (given !== undefined && given !== 'none') return given;
    return repository.isPrivate ? 'none' : 'read';
  }

  async delete(): Promise<void> {
    await Promise.all([...this.repositories.values()].map(({ git }) => git.delete()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
