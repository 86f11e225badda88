import type { ConfigOptions } from '../files/config/parse.ts';
import type { Forge } from '../forge/forge.ts';
import type { ProviderConfig } from '../model/config.ts';
import type { MetricsProvider } from '../model/measurement.ts';
import type { Notify } from '../notify/index.ts';
import type { Instant } from '../time.ts';

/** What a command is given of the world. Everything that is not pure comes through here. */
export interface Context {
  readonly forge: Forge;
  /** The moment this pass is at. */
  readonly now: Instant;
  readonly configPath: string;
  readonly configOptions: ConfigOptions;
  readonly openProvider: OpenProvider;
  /** Tells people of what was done. */
  readonly notify: Notify;
  /** Decide and say, write nothing. */
  readonly dryRun: boolean;
  /** Called as queries are answered. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What every command takes of the world; the rest is as in a repository that says nothing else. */
type Given = Pick<Context, 'forge' | 'now' | 'openProvider'> & Partial<Context>;

export const createContext = (given: Given): Context => ({
  configPath: '.github/sluice.yml',
  configOptions: {},
  dryRun: false,
  notify: async () => [],
  ...given,
});

/**
 * Opens a provider of the config.
 *
 * @param readFile a file of the commit that is read, for recorded series
 */
export type OpenProvider = (
  name: string,
  config: ProviderConfig,
  readFile: (path: string) => Promise<string | undefined>,
) => Promise<MetricsProvider>;

export type CommandErrorCode =
  | 'bad-config'
  | 'bad-usage'
  | 'unknown-rollout'
  | 'busy-branch'
  | 'not-importable'
  // Of a migration: files for a newer Sluice, and a step that would change what a file means.
  | 'newer-format'
  | 'bad-migration'
  /** Of a command that writes files: a link, or something that is neither a file nor a folder. */
  | 'path-in-the-way'
  // Of a simulation: what is simulated, and what was said of it.
  | 'bad-rollout'
  | 'nothing-counted'
  | 'unknown-metric'
  | 'bad-traffic'
  | 'bad-rate'
  | 'bad-share';

/** A command that could not be carried out at all. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  constructor(code: CommandErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
