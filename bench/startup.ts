import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node24 } from '../test/github/node24.ts';
import { type Bench, bench } from './bench.ts';
import { compare } from './compare.ts';
import { built, runProgram } from './program.ts';
import { commitAll, rolloutFiles, withFolder } from './rollouts.ts';

const RUNS = 40;

/** The Action reviewing ten files of its checkout, without a network, against Node doing nothing. */
export async function startup(): Promise<readonly Bench[]> {
  const node = await node24();
  return withFolder({ 'empty.mjs': '', ...rolloutFiles(10) }, async (dir) => {
    const sha = await commitAll(dir);
    const files = {
      GITHUB_OUTPUT: join(dir, '.git', 'output'),
      GITHUB_STEP_SUMMARY: join(dir, '.git', 'summary'),
    };
    for (const file of Object.values(files)) await writeFile(file, '');
    const env = {
      PATH: process.env.PATH,
      HOME: dir,
      ...files,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_EVENT_NAME: 'workflow_dispatch',
      GITHUB_SHA: sha,
      GITHUB_WORKSPACE: dir,
      // Nobody listens there: a request would fail the run.
      GITHUB_API_URL: 'http://127.0.0.1:1',
      INPUT_COMMAND: 'validate',
      INPUT_TOKEN: 'none',
    };
    const start = (file: string) => () => runProgram({ node, args: [file], cwd: dir, env });
    const compared = await compare(RUNS, {
      value: start(built('main.js')),
      reference: start(join(dir, 'empty.mjs')),
    });
    return [bench('startup', { ...compared, unit: 'ms', target: 3.5 })];
  });
}
