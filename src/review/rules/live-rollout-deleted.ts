import { carries } from '../../model/carries.ts';
import type { TargetConfig } from '../../model/config.ts';
import { currentStage, isExposed } from '../../model/rollout.ts';
import type { DeletionRule } from '../rule.ts';

/** What becomes of the files of targets when a rollout is gone, by what they hold. */
const WITHOUT_ROLLOUT: Readonly<Record<TargetConfig['holds'], (paths: string) => string>> = {
  flags: (paths) => `it leaves ${paths}, and services use the default of their code`,
  traffic: (paths) => `${paths} keeps the share that it has, and nothing takes it back`,
};

export const liveRolloutDeleted = {
  id: 'live-rollout-deleted',
  severity: 'error',
  warnsWhen: 'the rollout is completed',
  about: 'deletion',
  why: 'Once the file of a live or killed flag is gone, nothing watches the flag or takes it back.',
  check: (rollout, { config, how }) => {
    const { kill, status, key } = rollout;
    if (!kill && !isExposed(rollout)) return [];
    const files = config.targets.filter((target) => carries(target, rollout));
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
      {
        ...(over ? { severity: 'warning' } : {}),
        message: `${key} is ${where}; with its file ${how} ${then.join('; ')}`,
        path: [],
        hint: over
          ? 'make sure that no code asks for the flag any more'
          : 'say /rollout restart to take it from users first, or let it complete and remove it from the code',
      },
    ];
  },
} as const satisfies DeletionRule;
