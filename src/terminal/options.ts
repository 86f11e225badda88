import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readNames, TOKEN_VARIABLES } from '../credential.ts';
import { defined } from '../defined.ts';
import { ForgeError } from '../forge/error.ts';
import type { Forge } from '../forge/forge.ts';
import { openGitForge } from '../forge/git/git.ts';
import { gitIn } from '../forge/git/process.ts';
import { createHttpClient, type HttpClient } from '../http/client.ts';
import type { Credentials } from '../http/credentials.ts';
import { notifier } from '../notify/index.ts';
import { credentialsIn, openProvider } from '../providers/index.ts';
import type { Context } from '../repository/context.ts';
import { type Paint, paintFor } from '../tell/paint.ts';
import { type Instant, parseInstant } from '../time.ts';
import type { Terminal } from './terminal.ts';

/** The options every command has. */
export interface CommonOptions {
  readonly repo?: string;
  /** Where it is named it must be there; a repository needs none. */
  readonly config?: string;
  readonly branch?: string;
  /** `owner/name`, where the repository is on GitHub. */
  readonly github?: string;
  readonly prometheusUrl?: string;
  /** The only variables that a config may name as credentials. */
  readonly allowedSecrets?: string;
  readonly now?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly color: boolean;
  readonly base?: string;
  readonly as?: string;
  readonly action?: string;
  readonly owner?: string;
  readonly environment?: string;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'bad-usage';
}

const CONFIG = '.github/sluice.yml';

/** The bot's name in the commits it makes here. */
const AUTHOR = { name: 'Sluice', email: 'sluice@localhost' };

export function repositoryOf(options: CommonOptions, { cwd }: Terminal): string {
  return resolve(cwd, options.repo ?? '.');
}

/**
 * The top of the work tree that the folder is in, for commands that read and write files there; the
 * folder itself outside of git.
 *
 * @throws ForgeError `not-a-repository` where there is no such folder.
 */
export async function topOf(options: CommonOptions, terminal: Terminal): Promise<string> {
  const dir = repositoryOf(options, terminal);
  try {
    // Relative, so that a path through a link stays as the user wrote it.
    const up = await gitIn({ cwd: dir }).run(['rev-parse', '--show-cdup']);
    return up.code === 0 ? resolve(dir, up.stdout.toString('utf8').trim()) : dir;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'git-missing') return dir;
    throw error;
  }
}

/** @throws UsageError where `--now` is no time. */
export function nowOf({ now }: CommonOptions, { clock }: Terminal): Instant {
  if (now === undefined) return clock();
  const instant = parseInstant(now);
  if (instant !== undefined) return instant;
  throw new UsageError(`--now ${now} is no time; write it as 2026-12-01T09:00:00Z`);
}

/** Colours on a terminal that wants them: https://no-color.org, and FORCE_COLOR as in Node itself. */
export function paintOf(options: CommonOptions, { stdout, env }: Terminal): Paint {
  const forced =
    env.FORCE_COLOR === undefined ? undefined : !/^(?:0|false)?$/.test(env.FORCE_COLOR);
  const wanted = forced ?? stdout.isTTY === true;
  return paintFor(options.color && wanted && !env.NO_COLOR && env.TERM !== 'dumb');
}

/** Opens what a command needs of the world, and closes it after. */
export async function withContext<T>(
  options: CommonOptions,
  terminal: Terminal,
  run: (context: Context) => Promise<T>,
): Promise<T> {
  const forge = await openForge(options, terminal);
  const http = createHttpClient();
  const progress = progressOn(options, terminal);
  try {
    return await run({
      forge,
      now: nowOf(options, terminal),
      configPath: await configOn(forge, options),
      configOptions: configOptionsOf(options),
      openProvider: opener(http, options, terminal),
      notify: notifier({ http: () => http, credentials: credentialsOf(options, terminal) }),
      dryRun: options.dryRun,
      ...(progress ? { onProgress: progress.show } : {}),
    });
  } finally {
    progress?.clear();
    http.close();
  }
}

/**
 * The repository: on GitHub where `--github` names one, otherwise the local one.
 *
 * @throws UsageError where the name or the token is missing.
 */
async function openForge(options: CommonOptions, terminal: Terminal): Promise<Forge> {
  const { branch, as, github } = options;
  if (github === undefined) {
    return openGitForge({
      dir: repositoryOf(options, terminal),
      author: AUTHOR,
      ...defined({ branch, user: as }),
    });
  }
  const [owner, repo, ...rest] = github.split('/');
  if (!owner || !repo || rest.length > 0) {
    throw new UsageError(`--github ${github} is no repository; write it as owner/name`);
  }
  const { env, stderr } = terminal;
  const token = TOKEN_VARIABLES.map((name) => env[name]).find((value) => value);
  if (!token) throw new UsageError(`--github needs a token in ${TOKEN_VARIABLES.join(' or ')}`);
  // Loaded only here: most runs in a terminal never leave the machine.
  const { openGitHub } = await import('../forge/github/open.ts');
  const { openGitHubForge } = await import('../forge/github/github.ts');
  const apiUrl = env.GITHUB_API_URL || 'https://api.github.com';
  const graphqlUrl = env.GITHUB_GRAPHQL_URL || `${apiUrl}/graphql`;
  const client = openGitHub({ token, apiUrl, graphqlUrl }, { owner, repo, sleep, now: Date.now });
  return openGitHubForge({
    client,
    warn: (text) => stderr.write(`sluice: ${text}\n`),
    ...defined({ branch }),
  });
}

export function configPathOf({ config = CONFIG }: CommonOptions): string {
  return config;
}

/** @throws UsageError where a config was named that is not there: nobody meant to go without it. */
export function requireConfig({ config }: CommonOptions, text: string | undefined): void {
  if (config === undefined || text !== undefined) return;
  throw new UsageError(`there is no ${config}; write --config relative to the repository's top`);
}

async function configOn(forge: Forge, options: CommonOptions): Promise<string> {
  const path = configPathOf(options);
  if (options.config !== undefined) {
    requireConfig(options, await forge.readAt((await forge.head()).oid, path));
  }
  return path;
}

/** @throws UsageError if `--allowed-secrets` holds what cannot be the name of a variable. */
export function configOptionsOf(options: CommonOptions): Context['configOptions'] {
  const { prometheusUrl } = options;
  return {
    ...defined({ prometheusUrl }),
    allowedSecrets: allowedSecretsOf(options),
  };
}

function allowedSecretsOf({ allowedSecrets = '' }: CommonOptions): readonly string[] {
  const names = readNames(allowedSecrets);
  if (names) return names;
  throw new UsageError(
    '--allowed-secrets holds something that cannot be the name of a variable; write names such as PROMETHEUS_TOKEN, separated by commas, and no values',
  );
}

const credentialsOf = (options: CommonOptions, { env }: Terminal): Credentials =>
  credentialsIn(env, allowedSecretsOf(options));

function opener(
  http: HttpClient,
  options: CommonOptions,
  terminal: Terminal,
): Context['openProvider'] {
  const credentials = credentialsOf(options, terminal);
  const { clock } = terminal;
  return (name, config, readFile) =>
    openProvider(name, config, { http: () => http, credentials, clock, readFile });
}

/** A line that counts answers, on a terminal only, and gone when the work is done. */
function progressOn({ json }: CommonOptions, { stderr }: Terminal) {
  if (json || stderr.isTTY !== true) return undefined;
  return {
    show: (done: number, total: number): void => {
      stderr.write(`\r\u001b[2Kasking metrics ${done}/${total}`);
    },
    clear: (): void => {
      stderr.write('\r\u001b[2K');
    },
  };
}
