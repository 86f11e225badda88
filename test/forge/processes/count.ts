/**
 * One of several processes that count in the same file of one repository: reads the head, waits for
 * a line on its input, commits; then goes on until it has committed as often as it was told.
 * Prints what became of each attempt.
 *
 * Usage: count.ts <dir> <name> <times>
 */
import { once } from 'node:events';
import { openGitForge } from '../../../src/forge/git/git.ts';

export interface Attempt {
  readonly from: string;
  readonly kind: string;
  readonly detail?: string | undefined;
}

const [dir = '', name = '', times = '1'] = process.argv.slice(2);
const forge = await openGitForge({ dir, author: { name, email: `${name}@example.com` } });
const attempts: Attempt[] = [];
let head = await forge.head();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();

for (let done = 0; done < Number(times); ) {
  const count = Number(await forge.readAt(head.oid, 'rollouts/count.txt'));
  const changes = [{ path: 'rollouts/count.txt', text: `${count + 1}\n` }];
  const outcome = await forge.commit(head, `${name} counts`, changes, Date.now());
  const detail =
    outcome.kind === 'refused'
      ? outcome.detail
      : outcome.kind === 'committed'
        ? outcome.warning
        : undefined;
  attempts.push({ from: head.oid, kind: outcome.kind, detail });
  if (outcome.kind === 'committed') done += 1;
  if (outcome.kind === 'refused') break;
  head = await forge.head();
}
process.stdout.write(`${JSON.stringify(attempts)}\n`);
