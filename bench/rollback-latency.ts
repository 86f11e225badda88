import { openIncident, withRollback } from '../test/support/incident.ts';
import { closeShops, type Shop } from '../test/support/shop.ts';
import { type Bench, limited } from './bench.ts';
import { depth, watch } from './github.ts';

/** Round trips in sequence until a flag is back: GitHub has the commit, or the revert is open. */
export async function rollbackLatency(): Promise<readonly Bench[]> {
  const [commit, pull] = ['graphql/createCommitOnBranch', 'pulls/create'];
  try {
    return [
      await latency('commit', withRollback('{via: commit}'), commit, (shop) => shop.tick()),
      await latency('pull-request', withRollback('{via: pull-request}'), pull, (shop) =>
        shop.tick(),
      ),
      await latency('comment-rollback', undefined, commit, say('rollback')),
      await latency('comment-kill', undefined, commit, say('kill')),
    ];
  } finally {
    await closeShops();
  }
}

type Run = (shop: Shop) => ReturnType<Shop['tick']>;

const say = (verb: string) => (shop: Shop) => {
  const issue = shop.repository.openIssue({ title: 'Too many errors' });
  return shop.say(issue, 'ada', `/rollout ${verb} checkout too many errors`);
};

async function latency(
  name: string,
  config: string | undefined,
  operation: string,
  run: Run,
): Promise<Bench> {
  const shop = await openIncident(config === undefined ? {} : { config });
  const exchanges = watch(shop.github);
  const { code, log } = await run(shop);
  const done = exchanges.find(({ request }) => request.operation === operation);
  if (code !== 0 || !done) throw new Error(log);
  return limited(`rollback-latency/${name}`, depth(exchanges, done), 'round trips', 10);
}
