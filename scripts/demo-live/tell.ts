import type { Paint } from '../../src/tell/paint.ts';
import { formatDuration } from '../../src/time.ts';
import type { Listener } from './drive.ts';
import type { Outcome } from './outcome.ts';
import { PER_SECOND, SERVICE, STAGES, TICK, USERS } from './scenario.ts';

type Say = (text: string) => void;

const EVERY = formatDuration(TICK);
const ONE_IN = `one in ${Math.round(1 / SERVICE.faultFails)}`;

/** Tells what happens as it happens, with the seconds since it began. */
export function storyteller(say: Say, paint: Paint): Listener {
  const began = Date.now();
  const at = (moment: number): string => paint.dim(seconds(moment - began).padStart(8));
  const more = (text: string): void => say(`${' '.repeat(12)}${text}`);
  const told = new Set<string>();
  return {
    ready({ service, prometheus, repository }) {
      const row = (name: string, text: string): void => say(`  ${name.padEnd(12)}${text}`);
      say(paint.bold('A rollout on live traffic, by the real clock. Only the users are made up.'));
      row('service', `${service.url}/checkout, which asks its flag through OpenFeature`);
      row('prometheus', `${prometheus.url}, which scrapes it every second`);
      row('users', `${number(USERS)} of them, ${PER_SECOND} requests a second`);
      row('repository', `${repository.dir}, with a tick every ${EVERY}`);
      say('');
    },
    moved({ at: when, action, subject, to, because, evidence }) {
      const back = action === 'rollback';
      const stage = STAGES.find(({ name }) => name === to);
      const share = stage && !back ? `: ${stage.percentage} % of users` : '';
      say(
        `${at(when)}  ${back ? paint.red('▼') : paint.green('▲')} ${paint.bold(subject)}${share}`,
      );
      more(`because ${because}`);
      for (const line of evidence) more(paint.dim(line));
    },
    held({ began: when, why, failures }) {
      if (told.has(why)) return;
      told.add(why);
      say(`${at(when)}  ${paint.dim('·')} on hold: ${[why, ...failures].join('; ')}`);
    },
    faultOn(when) {
      say(`${at(when)}  ${paint.red('✗')} ${paint.bold('Fault on, in the treatment only')}`);
      more(`${ONE_IN} of its requests waits ${SERVICE.faultTakes} ms and fails`);
    },
    read(when) {
      say(`${at(when)}  ${paint.green('✓')} ${paint.bold('The service has read its flags')}`);
      more('now its users are watched until all of them have come by again');
    },
  };
}

/** What came of it: what happened and when, who was hurt, who saw what, and where to look. */
export function tellOutcome(outcome: Outcome, dir: string, say: Say, paint: Paint): void {
  const { journal, errorRate, hurt, exposed, users, returned, requests, astray } = outcome;
  const { faultOn = 0, noticed = 0, reverted = 0, skipped } = journal;
  const { safe = 0 } = outcome;
  const title = (text: string, more = ''): void => say(`\n${paint.bold(text)}${paint.dim(more)}\n`);
  const row = (name: string, text: string): void => say(`  ${name.padEnd(20)}${text}`);
  const since = (name: string, moment: number, what: string): void =>
    row(name, `${seconds(moment - faultOn).padStart(6)}  ${paint.dim(what)}`.trimEnd());

  title('What happened', ' (since the fault)');
  since('fault on', faultOn, '');
  since('noticed', noticed, 'when the tick began that saw it');
  since('reverted', reverted, 'when its commit was on the branch');
  since('users safe', safe, 'when the treatment gave its last answer');

  title('Who was hurt');
  row('requests', `${number(hurt.requests)} of ${number(requests)}, ${percent(hurt.ofAll)}`);
  row('', `${percent(hurt.ofIncident)} of those from the fault on until users were safe`);
  row('', `${percent(SERVICE.faultFails)} it would have been with everybody exposed`);
  row('users', `${number(hurt.users)} of ${number(users)}`);
  const { before, during, after } = errorRate;
  row('error rate', `${percent(before)}, then ${percent(during)}, now ${percent(after)}`);
  if (skipped > 0) row('left out', `${number(skipped)} visits: this machine was too busy`);

  title('Who had the treatment');
  for (const { stage, users: some } of exposed) row(stage, `${number(some)} users`);
  row('since the rollback', `nobody of ${number(returned)} who came by`);
  row('back and forth', astray.length === 0 ? 'nobody' : `${number(astray.length)} users`);

  title('What to keep in mind');
  say(
    `  A tick every ${EVERY} and a scrape every second are for this demo. By cron or Actions a tick`,
  );
  say(
    '  comes each five minutes, and most of the time until a fault is noticed is waiting for it.',
  );
  say(
    `  A fault that fails ${ONE_IN} requests of a quarter of the users is proven in seconds. A smaller`,
  );
  say('  one, or one in the canary, takes longer: docs/judgement.md.');
  say(
    '  A check passes until it is proven to be past its limit: one may still pass, however bad its',
  );
  say('  value, in the tick in which another is proven.');
  say(
    '  The service reads the work tree. In earnest a deployment brings the file, and takes its time.',
  );

  title('Where to look');
  say(`  git -C ${dir} log                          each step with its evidence`);
  say(`  git -C ${dir} log -p -- flags/flagd.json   what the service read`);
  say(`  node dist/cli.js status --repo ${dir}      what comes next`);
}

const seconds = (duration: number): string => `${(duration / 1000).toFixed(1)} s`;
const number = (value: number): string => value.toLocaleString('en');
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
