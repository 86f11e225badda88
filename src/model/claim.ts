import type { Config } from './config.ts';
import type { Rollout } from './rollout.ts';

/**
 * Which rollouts an invalid file may be of. Nothing in it can be relied on: the flag that it names
 * may be misspelt, and it may have been called otherwise the day before. So all that it may mean
 * counts.
 */
export interface Claim {
  /** The flag it names, where it still does, and at last the one it is called after. */
  readonly flags: readonly string[];
  /** Absent where it is not known: then it may be any. */
  readonly environment?: string;
}

/** What of a rollout tells it from others. */
export type Identity = Pick<Rollout, 'flag' | 'environment'>;

const NAME = /^[A-Za-z0-9._-]{1,100}$/;

/** What an invalid file claims by its path, and by what can still be made out in it. */
export function claimOf(
  path: string,
  named: (key: keyof Identity) => string | undefined,
  { environments }: Pick<Config, 'environments'>,
): Claim {
  const [stem = '', folder = ''] = path
    .replace(/\.ya?ml$/, '')
    .split('/')
    .reverse();
  // What is no name is no flag's, and is not repeated to anybody either.
  const flag = [named('flag') ?? ''].filter((each) => NAME.test(each));
  const environment = named('environment');
  const known = environments.filter((each) => each === folder || each === environment);
  return {
    flags: [...new Set([...flag, stem])],
    ...(known.length === 1 ? { environment: known[0] } : {}),
  };
}

export function mayBeOf(
  { flags, environment }: Claim,
  identity: Readonly<Record<keyof Identity, string>>,
): boolean {
  return (
    flags.includes(identity.flag) &&
    (environment === undefined || environment === identity.environment)
  );
}
