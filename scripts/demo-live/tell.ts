import type { Paint } from '../../src/tell/paint.ts';
import type { Moved, Outcome } from './outcome.ts';
import type { Listener, Stand } from './play.ts';
import { FLAG, PER_SECOND, SERVICE, STAGES, TICK, USERS } from './scenario.ts';

type Say = (text: string) => void;

/** Tells what happens as it happens, with the seconds since it began. */
export function storyteller(say: Say, paint: Paint): Listener {
  const began = Date.now();
  const at = (moment: number): string => paint.dim(`${seconds(moment - began).padStart(7)}  `);
  const more = (text: string): string => `${' '.repeat(11)}${text}`;
  const told = new Set<string>();
  return {
    ready({ service, prometheus, repository }: Stand) {
      say(paint.bold('A rollout on live traffic. Only the users are made up.'));
      say('');
      say(
        `  service     ${service.url}/checkout, a process of its own: asks its flag through OpenFeature`,
      );
      say(`  prometheus  ${prometheus.url}, scrapes it each second`);
      say(`  users       ${number(USERS)} of them, ${PER_SECOND} requests a second`);
      say(`  sluice      reconcile each ${TICK / 1000} s on ${repository.dir}`);
      say('');
    },
    moved(move: Moved) {
      const back = move.action === 'rollback';
      const mark = back ? paint.red('▼') : paint.green('▲');
      const stage = STAGES.find(({ name }) => name === move.to);
      const share = stage && !back ? `, ${stage.percentage} % of users` : '';
      say(`${at(move.at)}${mark} ${paint.bold(move.subject)}${share}`);
      say(more(`because ${move.because}`));
      for (const line of move.evidence) say(more(paint.dim(line)));
    },
    held({ began: when, why, failures }) {
      if (told.has(why)) return;
      told.add(why);
      say(`${at(when)}${paint.dim('·')} on hold: ${[why, ...failures].join('; ')}`);
    },
    faultOn(when) {
      const { faultTakes, faultFails } = SERVICE;
      const what = `one in ${Math.round(1 / faultFails)} of its requests waits ${faultTakes} ms and fails`;
      say(`${at(when)}${paint.red('✗')} ${paint.bold('Fault on in the treatment only')}: ${what}`);
    },
    safe(when) {
      say(
        `${at(when)}${paint.green('✓')} the service has read its flags; watching its users for a while`,
      );
    },
  };
}

/** What came of it: what happened and when, who was hurt, who saw what, and where to look. */
export function tellOutcome(outcome: Outcome, dir: string, say: Say, paint: Paint): void {
  const { journal, errorRate, hurt, exposed, users, requests, safe = 0, astray } = outcome;
  const { faultOn = 0, noticed = 0, reverted = 0 } = journal;
  const since = (moment: number): string => `${seconds(moment - faultOn).padStart(7)}`;
  const row = (name: string, text: string): void => say(`  ${name.padEnd(22)}${text}`);

  say(`\n${paint.bold('What happened')} ${paint.dim('(since the fault)')}\n`);
  row('fault on', since(faultOn));
  row('noticed', `${since(noticed)}  the tick began that saw it`);
  row('reverted', `${since(reverted)}  its commit was on the branch`);
  row('users safe', `${since(safe)}  the last answer of the treatment`);

  say(`\n${paint.bold('Who was hurt')}\n`);
  row(
    'requests',
    `${number(hurt.requests)} of ${number(requests)} (${percent(hurt.ofAll)}); ${percent(hurt.ofIncident)} from the fault on until users were safe`,
  );
  row('users', `${number(hurt.users)} of ${number(users)}`);
  const { before, during, after } = errorRate;
  row(
    'error rate',
    `${percent(before)} before, ${percent(during)} meanwhile, ${percent(after)} afterwards`,
  );

  say(`\n${paint.bold('Who had the treatment')}\n`);
  for (const { stage, users: some } of exposed) row(stage, `${number(some)} users`);
  row('after the rollback', 'nobody');
  row('back and forth', astray.length === 0 ? 'nobody: once in, once out' : number(astray.length));

  say(`\n${paint.bold('What to keep in mind')}\n`);
  say(
    `  Each tick was run ${TICK / 1000} s after the one before; with cron or Actions it is minutes, and most of`,
  );
  say('  the time until a fault is noticed is waiting for the next one.');
  say(
    `  A fault that fails one request in ${Math.round(1 / SERVICE.faultFails)} is soon proven. One that doubles ${percent(SERVICE.fails)} takes hours at`,
  );
  say('  this traffic: docs/judgement.md.');
  say(
    '  The service reads the work tree of the repository. In earnest a deployment brings the file.',
  );

  say('\nThe repository is still there; look around:');
  say(`  git -C ${dir} log                              each step with its evidence`);
  say(`  git -C ${dir} log -p -- flags/flagd.json       what the service read`);
  say(`  node dist/cli.js status --repo ${dir}`);
  say(
    `  node dist/cli.js respond '/rollout restart ${FLAG}' --repo ${dir}    what comes next, once it is mended`,
  );
}

const seconds = (duration: number): string => `${(duration / 1000).toFixed(1)} s`;
const number = (value: number): string => value.toLocaleString('en');
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
