import { resolve } from 'node:path';
import type { Context } from '../commands/context.ts';
import { openGitForge } from '../forge/git.ts';
import { createHttpClient, type HttpClient } from '../http/client.ts';
import { openProvider } from '../metrics/index.ts';
import { type Paint, paintFor } from '../tell/paint.ts';
import { type Instant, parseInstant } from '../time.ts';
import type { Terminal } from './terminal.ts';

/** The options every command has. */
export interface CommonOptions {
  readonly repo?: string;
  readonly config: string;
  readonly branch?: string;
  readonly prometheusUrl?: string;
  readonly now?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly color: boolean;
  readonly base?: string;
  readonly as?: string;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'bad-usage';
}

/** The bot's name in the commits it makes here. */
const AUTHOR = { name: 'Sluice', email: 'sluice@localhost' };

export function repositoryOf(options: CommonOptions, { cwd }: Terminal): string {
  return resolve(cwd, options.repo ?? '.');
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
  const wanted = stdout.isTTY === true || Boolean(env.FORCE_COLOR);
  return paintFor(options.color && wanted && !env.NO_COLOR && env.TERM !== 'dumb');
}

/** Opens what a command needs of the world, and closes it after. */
export async function withContext<T>(
  options: CommonOptions,
  terminal: Terminal,
  run: (context: Context) => Promise<T>,
): Promise<T> {
  const forge = await openGitForge({
    dir: repositoryOf(options, terminal),
    author: AUTHOR,
    ...(options.branch === undefined ? {} : { branch: options.branch }),
    ...(options.as === undefined ? {} : { user: options.as }),
  });
  const http = createHttpClient();
  const progress = progressOn(options, terminal);
  try {
    return await run({
      forge,
      now: nowOf(options, terminal),
      configPath: options.config,
      configOptions: configOptionsOf(options),
      openProvider: opener(http, terminal),
      dryRun: options.dryRun,
      ...(progress ? { onProgress: progress.show } : {}),
    });
  } finally {
    progress?.clear();
    http.close();
  }
}

export function configOptionsOf({ prometheusUrl }: CommonOptions): Context['configOptions'] {
  return prometheusUrl === undefined ? {} : { prometheusUrl };
}

function opener(http: HttpClient, { env }: Terminal): Context['openProvider'] {
  return (name, config, readFile) => openProvider(name, config, { http, env, readFile });
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
