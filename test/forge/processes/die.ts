/**
 * A process that is killed in the middle of a commit, for real and without a chance to tidy up.
 *
 * Usage: die.ts <dir> noted|moved
 */
import { openGitForge } from '../../../src/forge/git/git.ts';

const [dir = '', when = ''] = process.argv.slice(2);
const author = { name: 'Sluice', email: 'sluice@example.com' };
const forge = await openGitForge(
  { dir, author },
  {
    onStep(step) {
      if (step === when) process.kill(process.pid, 'SIGKILL');
    },
  },
);
const changes = [
  { path: 'rollouts/x.yaml', text: 'new\n' },
  { path: 'flags/new.json', text: '{}\n' },
];
await forge.commit(await forge.head(), 'Cut short', changes, Date.UTC(2026, 11, 1, 9));
