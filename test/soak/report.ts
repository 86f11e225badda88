import { type Soaked, type SoakOptions, soak } from './soak.ts';

/** One of the repositories of a soak: enough to draw it again. */
export interface Repository extends Omit<SoakOptions, 'seed'> {
  readonly seed: string;
  readonly number: number;
}

type Failure = NonNullable<Soaked['failure']>;

/** The seed of one repository among those of a soak. */
export const nameOf = ({ seed, number }: Repository): string => `${seed}/${number}`;

/** Tries whether the flag fails alone as well; the story is shorter then. */
export async function smaller(
  repository: Repository,
  failure: Failure,
): Promise<{ readonly repository: Repository; readonly failure: Failure }> {
  const alone = { ...repository, only: [failure.key] };
  if (!failure.key.includes('@') || repository.home === 'git') return { repository, failure };
  const soaked = await soak({ ...alone, seed: nameOf(repository) });
  return soaked.failure ? { repository: alone, failure: soaked.failure } : { repository, failure };
}

/** What failed, how to see it again, and the last that happened to the flag. */
export function describeFailure(
  repository: Repository,
  { key, message, history }: Failure,
): string {
  const { seed, number, flags, days, home, only } = repository;
  const options = [
    `--seed ${seed} --repository ${number} --flags ${flags} --days ${days}`,
    ...(home === 'git' ? ['--home git'] : []),
    ...(only === undefined ? [] : [`--only ${only.join(',')}`]),
  ];
  return [
    `${key}: ${message}`,
    ...history.map((line) => `  ${line}`),
    `Again: npm run soak -- ${options.join(' ')}`,
  ].join('\n');
}
