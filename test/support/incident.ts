import type { Protection, Settings } from '../github/state/model.ts';
import { CONFIG, flag, inStage, metrics, openShop, type Shop } from './shop.ts';

export const FILE = 'rollouts/checkout.yaml';

/** The config with another word on rollbacks. */
export const withRollback = (text: string): string => `${CONFIG}rollback: ${text}\n`;

export interface Incident {
  /** How the rollout's errors are; the limit is 1 %. */
  readonly errors?: number;
  /** Lines of the rollout file. */
  readonly more?: string;
  /** Its checks, in place of the one on errors as the config has it. */
  readonly checks?: string;
  readonly config?: string;
  readonly protection?: Protection | readonly Protection[];
  readonly settings?: Partial<Settings>;
}

/** A flag at 25 % for three hours whose treatment has far too many errors. */
export async function openIncident(incident: Incident = {}): Promise<Shop> {
  const { errors = 0.05, more = '', checks = 'errors', config = CONFIG, ...rest } = incident;
  const text = flag('checkout', inStage('quarter', 3), more);
  const shop = await openShop(
    {
      '.github/sluice.yml': config,
      [FILE]: text.replace('checks: [errors]', `checks: [${checks}]`),
      'metrics.csv': metrics({ checkout: errors }),
    },
    { ...(rest.protection ? { protection: rest.protection } : {}), settings: rest.settings ?? {} },
  );
  shop.repository.team('acme/payments', ['grace']);
  return shop;
}

/** The phase a file says, and the stage. */
export async function standing({ repository }: Shop, path = FILE): Promise<string> {
  const text = (await repository.files())[path] ?? '';
  const of = (key: string): string => new RegExp(`${key}: ([\\w-]+)`).exec(text)?.[1] ?? 'none';
  return `${of('phase')} ${of('stage')}`;
}

/** Commits since the repository was made, oldest first, by their subjects. */
export async function subjects({ repository }: Shop): Promise<readonly string[]> {
  const commits = await repository.commits();
  return commits
    .map(({ message }) => message.split('\n')[0] ?? '')
    .reverse()
    .slice(1);
}

/** Runs something with GitHub's clock so many minutes behind, as if it had been done then. */
export async function earlier<T>(shop: Shop, minutes: number, run: () => Promise<T>): Promise<T> {
  shop.github.now = Date.now() - minutes * 60_000;
  try {
    return await run();
  } finally {
    shop.github.now = undefined;
  }
}
