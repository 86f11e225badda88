/**
 * `npm run soak`: 200 rollouts in ten repositories, a tick each five minutes for ten days, and all
 * that can get in the way, drawn from a seed. `npm run soak -- --seed 7` draws the same again.
 */
import { parseArgs } from 'node:util';
import { describeFailure, nameOf, type Repository, smaller } from './report.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    repositories: { type: 'string', default: '10' },
    flags: { type: 'string', default: '20' },
    days: { type: 'string', default: '10' },
    home: { type: 'string', default: 'memory' },
    repository: { type: 'string' },
    only: { type: 'string' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const numbers =
  values.repository === undefined
    ? Array.from({ length: Number(values.repositories) }, (_, index) => index + 1)
    : [Number(values.repository)];
say(`seed ${values.seed}`);
const begun = performance.now();
let ticks = 0;
let rolloutDays = 0;
for (const number of numbers) {
  const repository: Repository = {
    seed: values.seed,
    number,
    flags: Number(values.flags),
    days: Number(values.days),
    home: values.home === 'git' ? 'git' : 'memory',
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  };
  const soaked = await soak({ ...repository, seed: nameOf(repository) });
  ticks += soaked.ticks;
  rolloutDays += soaked.days * (repository.only?.length ?? repository.flags);
  if (soaked.failure) {
    const least = await smaller(repository, soaked.failure);
    say(describeFailure(least.repository, least.failure));
    process.exit(1);
  }
  const counts = [...soaked.counts].map(([what, times]) => `${what} ${times}`).join(', ');
  const seconds = (performance.now() - begun) / 1000;
  say(`repository ${number}, ${Math.round(seconds)} s: ${soaked.ticks} ticks; ${counts}`);
}
const seconds = (performance.now() - begun) / 1000;
say(
  `${ticks} ticks over ${Math.round(rolloutDays)} rollout-days in ${Math.round(seconds)} s, ${Math.round(ticks / seconds)} a second`,
);
