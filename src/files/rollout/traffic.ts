import type { TrafficTargetConfig } from '../../model/config.ts';
import type { Rollout } from '../../model/rollout.ts';
import { error, type Report } from './parts.ts';

/** What the weights of each type can do. */
const WEIGHTS: Readonly<
  Record<
    TrafficTargetConfig['type'],
    {
      /** Traffic can be copied to a backend whose answers nobody sees. */
      readonly mirrors: boolean;
      /** The smallest step of a share, in percent; any, unless given. */
      readonly finest?: 0.01;
    }
  >
> = {
  'gateway-api': { mirrors: true },
  istio: { mirrors: true },
  nginx: { mirrors: false, finest: 0.01 },
};

/**
 * What a rollout asks for that a target of its traffic cannot do. Weights know shares of requests,
 * not users: a stage of employees would be skipped without a word, and a blocked user let in, so
 * such a file is invalid rather than carried out by halves.
 */
export function reviewTraffic(rollout: Rollout, target: TrafficTargetConfig, report: Report): void {
  const { backends, path } = target;
  const { mirrors, finest } = WEIGHTS[target.type];
  for (const role of ['control', 'treatment'] as const) {
    const variant = rollout[role];
    if (Object.hasOwn(backends, variant)) continue;
    const what = `the ${role} \`${variant}\` has no backend in the target ${path}`;
    report(error([role], 'no-backend', what, `add it to the target's \`backends\``));
  }
  for (const key of ['allow', 'block'] as const) {
    if (rollout[key].length > 0) refuse([key], `\`${key}\``);
  }
  rollout.stages.forEach((stage, index) => {
    const at = rollout.ladder.kind === 'inline' ? ['stages', index] : ['stages'];
    const list = (['segments', 'regions', 'tiers'] as const).find((key) => stage[key].length > 0);
    if (list !== undefined) refuse(at, `the ${list} of stage \`${stage.name}\``);
    if (stage.shadow && !mirrors) refuse(at, `the mirrored traffic of stage \`${stage.name}\``);
    if (finest !== undefined && !isWhole((stage.percentage ?? 100) / finest)) {
      const what = `stage \`${stage.name}\` has ${stage.percentage} %, and the target ${path} has steps of ${finest} %`;
      report(error(at, 'too-fine', what, 'round it to two decimals'));
    }
  });

  function refuse(at: readonly (string | number)[], what: string): void {
    report(
      error(
        at,
        'not-by-weight',
        `the target ${path} shares out traffic by weight, and cannot do ${what}`,
        'use percentages alone, or expose this flag by another target',
      ),
    );
  }
}

/** 0.07 * 100 is 7.000000000000001. */
const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6;
