import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readContract } from './contract.ts';
import { answer, type Door, type Violation } from './door.ts';
import { type Files, Repository } from './repository.ts';
import { serveGit } from './smart-http.ts';
import type { Permissions, Protection, Settings, TokenKind } from './state/model.ts';
import { PERMISSIVE } from './state/token.ts';
import { World } from './state/world.ts';
import {
  type Barrier,
  type Failure,
  type Logged,
  type Match,
  matches,
  Traffic,
  type Where,
} from './traffic.ts';

export interface NewRepository {
  readonly files?: Files;
  readonly private?: boolean;
  readonly branch?: string;
  readonly settings?: Partial<Settings>;
  readonly protection?: Protection | readonly Protection[];
  /** When its first commit was made. */
  readonly date?: number | string;
}

export interface NewToken {
  /** `fork` is GITHUB_TOKEN in the pull request of a fork: it reads, whatever the workflow says. */
  readonly kind: TokenKind;
  readonly repository?: Repository;
  /** Whose it is: a person's login, or an app's (`sluice-app[bot]`). */
  readonly login?: string;
  /** Exactly these, as `permissions:` in a workflow; the permissive default unless given. */
  readonly permissions?: Permissions;
  /** Requests an hour. */
  readonly limit?: number;
}

const contract = readContract();

/** A GitHub of one's own, on a free port of this machine. */
export class GitHub {
  readonly #server: Server;
  readonly #world: World;
  readonly #traffic: Traffic;
  readonly #violations: Violation[];
  /** `https://github.com`, so to say: clones come from here. */
  readonly url: string;

  private constructor(server: Server, door: Door, url: string) {
    this.#server = server;
    this.#world = door.world;
    this.#traffic = door.traffic;
    this.#violations = door.violations;
    this.url = url;
  }

  static async start(): Promise<GitHub> {
    const door: Door = {
      world: await World.create(),
      traffic: new Traffic(),
      contract,
      violations: [],
    };
    const server = createServer((request, response) => {
      const address = new URL(request.url ?? '/', `http://${request.headers.host}`);
      if (serveGit(door.world, request, response, address)) return;
      answer(door, request, response, address).catch((error: unknown) => {
        door.violations.push({
          request: address.pathname,
          side: 'server',
          problems: [String(error)],
        });
        response.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new GitHub(server, door, `http://127.0.0.1:${port}`);
  }

  /** `https://api.github.com`. */
  get apiUrl(): string {
    return this.url;
  }

  get graphqlUrl(): string {
    return `${this.url}/graphql`;
  }

  /** The same server by the addresses that GitHub Enterprise has. */
  get enterprise() {
    return { apiUrl: `${this.url}/api/v3`, graphqlUrl: `${this.url}/api/graphql` };
  }

  /** The time that everything gets stamped with; undefined for the real one. */
  get now(): number | undefined {
    return this.#world.fixed;
  }

  set now(at: number | undefined) {
    this.#world.fixed = at;
  }

  /** API requests in order of arrival. */
  get requests(): readonly Logged[] {
    return this.#traffic.requests;
  }

  /** What broke GitHub's description or schema. `close` fails where any are left. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** Takes the violations that a test expected. */
  takeViolations(): readonly Violation[] {
    return this.#violations.splice(0);
  }

  clearLog(): void {
    this.#traffic.requests.length = 0;
  }

  count(match?: Match): number {
    return this.requests.filter((request) => matches(match, request)).length;
  }

  /** Requests that could have changed something. */
  writes(match?: Match): readonly Logged[] {
    return this.requests.filter((request) => request.writes && matches(match, request));
  }

  async createRepository(name: string, options: NewRepository = {}): Promise<Repository> {
    const { files = {}, protection = [], date } = options;
    const repository = new Repository(
      await this.#world.createRepository(name, {
        private: options.private ?? false,
        branch: options.branch ?? 'main',
        settings: options.settings ?? {},
      }),
    );
    const message = 'Initial commit';
    await repository.commit({ files, message, ...(date === undefined ? {} : { date }) });
    repository.stored.workflowEvents.length = 0;
    repository.protect(...[protection].flat());
    return repository;
  }

  /** An account that exists, for people who do nothing else here. */
  user(login: string): void {
    this.#world.account(login);
  }

  token({ kind, repository, login, permissions = PERMISSIVE, limit }: NewToken): string {
    const own = kind === 'actions' || kind === 'fork';
    const name =
      login ?? (own ? 'github-actions[bot]' : kind === 'app' ? 'sluice-app[bot]' : 'ada');
    const secret = `${kind === 'user' ? 'github_pat' : 'ghs'}_${randomBytes(18).toString('hex')}`;
    this.#world.tokens.set(secret, {
      kind,
      account: this.#world.account(name),
      repository: kind === 'user' ? undefined : repository?.stored,
      permissions: kind === 'fork' ? readOnly(permissions) : permissions,
      used: new Map(),
      limit: limit ?? (own ? 1000 : 5000),
    });
    return secret;
  }

  /** Answers with this, instead of doing anything or (`when: 'after'`) when it is done. */
  fail(failure: Failure): void {
    this.#traffic.fail(failure);
  }

  /** A server error in disguise: GraphQL's 200 with an error of no type (octokit/plugin-retry.js#395). */
  wentWrong(where: Where & Pick<Failure, 'when'>): void {
    const message =
      'Something went wrong while executing your query. Please include `0401:6C25:28BCA72:539243A` when reporting this issue.';
    this.fail({ ...where, status: 200, body: { data: null, errors: [{ message }] } });
  }

  delay(where: Where & { readonly ms: number }): void {
    this.#traffic.delay(where);
  }

  /** Drops the connection: before anything is done, or when it is done but not answered. */
  cut(where: Where & { readonly when: 'before' | 'after' }): void {
    this.#traffic.cut(where);
  }

  /** Holds requests until released. */
  barrier(match: Match): Barrier {
    return this.#traffic.barrier(match);
  }

  /** Does something when a request arrives, before (or `after`) it is handled; once, unless told. */
  on(
    match: Match,
    run: (request: Logged) => Promise<void> | void,
    options?: Omit<Where, 'match'> & { readonly when?: 'before' | 'after' },
  ): void {
    this.#traffic.on(match, run, options);
  }

  /** Forgets all faults, delays, hooks and barriers. */
  calm(): void {
    this.#traffic.calm();
  }

  /** A token's hourly requests are used up. */
  exhaust(secret: string): void {
    const token = this.#world.tokens.get(secret);
    token?.used.set('core', token.limit).set('graphql', token.limit);
  }

  /** Requests that come too quickly, in GitHub's opinion. */
  secondaryLimit(where: Where & { readonly retryAfter?: number }): void {
    const { retryAfter = 60, ...rest } = where;
    this.fail({
      ...rest,
      status: 403,
      headers: { 'retry-after': String(retryAfter) },
      body: {
        message:
          'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url:
          'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
    });
  }

  async close(): Promise<void> {
    this.calm();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#world.delete();
    if (this.#violations.length > 0) {
      const lines = this.#violations.map(
        ({ request, side, problems }) => `${request}, ${side}: ${problems.join('; ')}`,
      );
      throw new Error(`GitHub would not have understood:\n${lines.join('\n')}`);
    }
  }
}

function readOnly(permissions: Permissions): Permissions {
  return Object.fromEntries(Object.keys(permissions).map((name) => [name, 'read']));
}

/** Starts one; `close` it, which fails where a request or an answer was not as GitHub has them. */
export function startGitHub(): Promise<GitHub> {
  return GitHub.start();
}
