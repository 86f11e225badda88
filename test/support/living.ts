import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isMapping } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { type TemporaryRepository, temporaryRepository } from './git.ts';

const FIXTURES = 'test/fixtures/living';

/** What was decided of a flag when its fixture was made. */
export interface WrittenDecision {
  readonly decision: string;
  readonly code: string;
  readonly to?: string;
  /** The weights of its audiences after the tick. */
  readonly users: string;
  /** The sentence with which Sluice holds it since then. */
  readonly holds?: string;
}

export interface WrittenTick {
  readonly now: string;
  /** Subjects of the commits that it made, in their order. */
  readonly commits: readonly string[];
  /** Branches of reverts that are open after it. */
  readonly reverts: readonly string[];
  readonly rollouts: Readonly<Record<string, WrittenDecision>>;
}

/** What a rollback by a person did. */
export interface WrittenRollback {
  readonly outcome: string;
  readonly phase: string;
  readonly stage?: string;
  readonly users: string;
}

/** What was written down of a living repository. */
export interface Living {
  readonly name: string;
  readonly ticks: readonly WrittenTick[];
  readonly commands: {
    readonly now: string;
    readonly rollback: Readonly<Record<string, WrittenRollback>>;
  };
}

/** Every fixture there is. */
export function livingRepositories(): readonly Living[] {
  return readdirSync(FIXTURES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const { value } = parseYaml(readFileSync(`${FIXTURES}/${name}/expected.yaml`, 'utf8'));
      if (!isMapping(value)) throw new Error(`${name}/expected.yaml is no mapping`);
      return { name, ...(value as unknown as Omit<Living, 'name'>) };
    });
}

/** Replays the commits and branches of a fixture into a repository with a work tree. */
export async function replay({ name }: Pick<Living, 'name'>): Promise<TemporaryRepository> {
  const repo = await temporaryRepository({ prefix: `sluice-living-${name}-` });
  const input = readFileSync(`${FIXTURES}/${name}/history.fast-import`);
  execFileSync('git', ['fast-import', '--quiet'], { cwd: repo.dir, input });
  await repo.git('reset', '--quiet', '--hard', 'main');
  return repo;
}

/** The weights of each flag's audiences on the branch, as `expected.yaml` writes them. */
export async function servedIn({ git }: TemporaryRepository): Promise<Record<string, string>> {
  const { flags } = JSON.parse(await git('cat-file', 'blob', 'main:flags/exposures.json')) as {
    readonly flags: Record<string, Entry>;
  };
  return Object.fromEntries(
    Object.entries(flags).map(([key, { killed, audiences = [] }]) => {
      const weights = audiences.map(({ weight }) => weight).join('+');
      return [key, killed ? 'killed' : weights || '0'];
    }),
  );
}

interface Entry {
  readonly killed?: boolean;
  readonly audiences?: readonly { readonly weight: number }[];
}
