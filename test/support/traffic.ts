import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Traffic {
  /** Ends it, and says how many commits landed. */
  stop(): Promise<number>;
}

/** Several a second: more than any monorepo sees all day long. */
const EVERY = 150;
/** The pause between two, as many times as the first took. */
const PAUSES = 2;

/**
 * Other people's pushes to a bare repository: commit after commit onto main, none of which touches a
 * rollout, each as a server takes it, by compare-and-swap.
 */
export function startTraffic(dir: string): Traffic {
  let landed = 0;
  let stopped = false;
  const work = (async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'sluice-traffic-'));
    const person = { name: 'Grace', email: 'grace@example.com' };
    const env = {
      ...process.env,
      GIT_INDEX_FILE: join(scratch, 'index'),
      GIT_AUTHOR_NAME: person.name,
      GIT_AUTHOR_EMAIL: person.email,
      GIT_COMMITTER_NAME: person.name,
      GIT_COMMITTER_EMAIL: person.email,
    };
    const git = async (...args: string[]): Promise<string> =>
      (await execute('git', args, { cwd: dir, env })).stdout.trim();
    for (let turn = 0; !stopped; turn += 1) {
      const began = performance.now();
      const head = await git('rev-parse', 'refs/heads/main');
      await git('read-tree', head);
      const blob = await git('rev-parse', `${head}:rollouts/demo.yaml`);
      await git('update-index', '--add', '--cacheinfo', `100644,${blob},src/${turn}.txt`);
      const tree = await git('write-tree');
      const commit = await git('commit-tree', tree, '-p', head, '-m', `Work ${turn}`);
      const pushed = git('update-ref', 'refs/heads/main', commit, head);
      landed += await pushed.then(
        () => 1,
        () => 0, // somebody else was first
      );
      // A machine that is busy slows the tick down as well, and people keep their distance from one another.
      await sleep(Math.max(EVERY, PAUSES * (performance.now() - began)));
    }
    await rm(scratch, { recursive: true });
  })();
  return {
    async stop() {
      stopped = true;
      await work;
      return landed;
    },
  };
}
