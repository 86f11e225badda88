import { join } from 'node:path';
import { type TemporaryRepository, temporaryRepository } from '../../test/support/git.ts';
import { sluice } from '../../test/support/program.ts';
import { type RunningPrometheus, startPrometheus } from '../../test/support/prometheus.ts';
import { type Load, startLoad } from './load.ts';
import { config, rollout } from './scenario.ts';
import { type Service, startService } from './start-service.ts';

/** All that there is while it runs. */
export interface Stand {
  readonly repository: TemporaryRepository;
  readonly service: Service;
  readonly prometheus: RunningPrometheus;
  readonly load: Load;
}

/**
 * Starts everything: the service, the server that scrapes it, a repository whose config names that
 * server, and the users.
 *
 * @param closing what must be ended again, noted as soon as it is there
 * @param keep leaves the repository, for people to look around in
 */
export async function openStand(
  closing: (() => Promise<unknown>)[],
  keep: boolean,
): Promise<Stand> {
  const repository = await temporaryRepository({ prefix: 'sluice-live-' });
  if (!keep) closing.push(repository.cleanup);
  // It has no flags yet, and would answer everybody with the default of its code.
  const service = await startService(join(repository.dir, 'flags/flagd.json'));
  closing.push(service.stop);
  const prometheus = await startPrometheus({ scrape: { every: '1s', targets: [service.target] } });
  closing.push(prometheus.stop);
  await repository.write('.github/sluice.yml', config(prometheus.url));
  await repository.write('rollouts/new-checkout.yaml', rollout);
  await repository.commitAll('Roll out the new checkout');
  const { code, stdout, stderr } = await sluice(repository.dir, ['compile']);
  if (code !== 0) throw new Error(`compile gave ${code}:\n${stdout}${stderr}`);
  await service.hasRead('pending');
  const load = startLoad(service.url);
  closing.push(load.stop);
  return { repository, service, prometheus, load };
}
