/**
 * `npm run plots`: draws the plots of docs/judgement.md into docs/plots/, from the rollouts and the
 * judges of `npm run bench -- judgement`. Seeded: a run changes a file only where the judgement changed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { evidencePlot } from './plots/evidence.ts';
import { falseRollbacksPlot } from './plots/false-rollbacks.ts';
import { intervalPlot } from './plots/interval.ts';
import { timeToCatchPlot } from './plots/time-to-catch.ts';

const FOLDER = 'docs/plots';
const PLOTS: Readonly<Record<string, () => string>> = {
  'false-rollbacks': falseRollbacksPlot,
  interval: intervalPlot,
  'time-to-catch': timeToCatchPlot,
  evidence: evidencePlot,
};

mkdirSync(FOLDER, { recursive: true });
for (const [name, draw] of Object.entries(PLOTS)) {
  const path = `${FOLDER}/${name}.svg`;
  writeFileSync(path, draw());
  process.stdout.write(`${path}\n`);
}
