import { carries } from '../../model/carries.ts';
import type { Config, TargetConfig } from '../../model/config.ts';
import type { Finding } from '../../model/problem.ts';
import { currentStage, isExposed, type Rollout } from '../../model/rollout.ts';
import { finding, type Rule } from './rule.ts';

const START_ANEW =
  'say /rollout restart first and let it climb again, or give the new variant a rollout of its own';

/** Who has the treatment keeps it, and so does who has the control: a swap would flip them all. */
export const armsChanged: Rule = ({ variants, ...rollout }, { users }) => {
  const { exposed, others } = users ?? {};
  const said = [
    ...(exposed ? [whatComes('those who have the flag', exposed, 'treatment')] : []),
    ...(others ? [whatComes('everyone else', others, 'control')] : []),
  ];
  const [first] = said;
  if (!first) return [];
  const swapped =
    exposed && others && exposed.from === others.to && exposed.to === others.from
      ? 'treatment and control are swapped: '
      : '';
  const at = first.sameName ? ['variants', first.variant] : [first.key];
  return [
    finding('error', 'arms-changed', `${swapped}${said.map(({ text }) => text).join(', and ')}`, {
      path: at,
      hint: isExposed({ variants, ...rollout })
        ? START_ANEW
        : 'put it back: nobody has checked that on a share of them',
    }),
  ];
};

function whatComes(
  who: string,
  { from, to }: { readonly from: string; readonly to: string },
  key: 'treatment' | 'control',
) {
  const sameName = from === to;
  const text = sameName
    ? `${who} get another value of \`${to}\``
    : `${who} get \`${to}\` instead of \`${from}\``;
  return { text, sameName, variant: to, key };
}

/** [A6] The same user always gets the same answer: other buckets are other users. */
export const usersRedrawn: Rule = ({ key }, { before, users }) => {
  if (!users?.redrawn || before === undefined || before === 'new') return [];
  const hint = `put it back; a flag that nobody has yet may change its ${users.redrawn === 'flag' ? 'name' : 'key'}`;
  return users.redrawn === 'flag'
    ? [
        finding(
          'error',
          'users-redrawn',
          `${before.key} becomes ${key}: whoever has the first gets what the code defaults to, and the second is drawn among all users anew`,
          { path: ['flag'], hint },
        ),
      ]
    : [
        finding(
          'error',
          'users-redrawn',
          'users are put in other buckets: some who have the flag lose it, and others get it',
          { path: ['bucket_by'], hint },
        ),
      ];
};

/** Exposure grows by passing checks, not by editing the stage that users are in. */
export const exposureByHand: Rule = ({ kill, status }, { before, users }) => {
  if (!users || before === undefined || before === 'new') return [];
  const { more, fewer, segments } = users;
  const revived = before.kill && !kill;
  const at = revived ? { path: ['kill'] } : { path: ['stages'] };
  const findings: Finding[] = [];
  if (more.length > 0) {
    const why = revived ? 'the kill switch is gone' : `\`${status.stage}\` is larger than it was`;
    findings.push(
      finding('error', 'exposure-by-hand', `${why}: ${more.join(' and ')} get it at once`, {
        ...at,
        hint: revived
          ? 'say /rollout unkill instead, which restarts the clock of the stage'
          : 'add a stage after it instead, which checks come before',
      }),
    );
  }
  if (fewer.length > 0) {
    const what = `\`${status.stage}\` is not what it was: of ${fewer.join(' and ')}, users lose it at once`;
    findings.push(
      finding('warning', 'exposure-by-hand', what, {
        ...at,
        hint: 'say /rollout rollback to take it from users, or leave the stages up to this one as they are',
      }),
    );
  }
  if (segments.length > 0) {
    const names = segments.map((name) => `\`${name}\``).join(', ');
    findings.push(
      finding(
        'warning',
        'exposure-by-hand',
        `who is in ${names} changes in the config, and with it who has the flag`,
        {
          path: ['stages'],
          hint: 'leave the segment as it is, and name a new one in a later stage',
        },
      ),
    );
  }
  return findings;
};

/** What becomes of the files of targets when a rollout is gone, by what they hold. */
const WITHOUT_ROLLOUT: Readonly<Record<TargetConfig['holds'], (paths: string) => string>> = {
  flags: (paths) => `it leaves ${paths}, and services use the default of their code`,
  traffic: (paths) => `${paths} keeps the share that it has, and nothing takes it back`,
};

/** A rollout whose file a change deletes, or has nobody read any more, as it was: what becomes of its users. */
export function deletedLive(
  rollout: Rollout,
  { targets }: Config,
  how: 'deleted' | 'no longer among `rollouts`',
): readonly Finding[] {
  const { kill, status, key } = rollout;
  if (!kill && !isExposed(rollout)) return [];
  const files = targets.filter((target) => carries(target, rollout));
  const then = Object.entries(WITHOUT_ROLLOUT).flatMap(([holds, sentence]) => {
    const paths = files.filter((file) => file.holds === holds).map(({ path }) => path);
    return paths.length === 0 ? [] : [sentence([...new Set(paths)].join(' and '))];
  });
  if (files.length === 0) then.push('nothing watches it or takes it back any more');
  const stage = currentStage(rollout)?.stage.name ?? status.stage;
  const where = kill
    ? 'killed, and the kill switch goes with the file'
    : `${status.phase}${stage === undefined ? '' : ` in \`${stage}\``}`;
  const over = status.phase === 'completed' && !kill;
  return [
    finding(
      over ? 'warning' : 'error',
      'live-deleted',
      `${key} is ${where}; with its file ${how} ${then.join('; ')}`,
      {
        path: [],
        hint: over
          ? 'make sure that no code asks for the flag any more'
          : 'say /rollout restart to take it from users first, or let it complete and remove it from the code',
      },
    ),
  ];
}
