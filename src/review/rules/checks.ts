import { isRelative } from '../../model/limits.ts';
import { kindOf } from '../../model/rollout.ts';
import { finding, type Rule } from './rule.ts';

export const noChecks: Rule = ({ checks }) =>
  checks.length > 0
    ? []
    : [
        finding(
          'warning',
          'no-checks',
          'the rollout has no checks: it advances by the clock alone',
          {
            path: [],
            hint: 'add `checks:` with a metric that shows harm',
          },
        ),
      ];

/** [B4] Something must be able to take it back without a person. */
export const noWayBack: Rule = ({ checks }) =>
  checks.length === 0 ||
  checks.some(({ onBreach }) => onBreach === 'rollback' || onBreach === 'degrade')
    ? []
    : [
        finding('error', 'no-way-back', 'no check rolls the flag back or degrades it', {
          path: ['checks'],
          hint: 'let at least one check have `on_breach: rollback`',
        }),
      ];

/** [B5] Harm shows in the machines, in the business, or in how people feel: look at all three. */
export const missingCategory: Rule = ({ checks }) =>
  checks.length === 0
    ? []
    : (['technical', 'business', 'experience'] as const)
        .filter((category) => !checks.some(({ metric }) => metric.category === category))
        .map((category) =>
          finding(
            'warning',
            `missing-${category}-metric`,
            `no check looks at ${category === 'experience' ? 'an' : 'a'} ${category} metric`,
            {
              path: ['checks'],
              hint: `add one, or set \`rules: {missing-${category}-metric: 'off'}\` in the config's policy`,
            },
          ),
        );

/** [B3] A check relative to control needs a stage in which there is a control like the treatment. */
export const noBaseline: Rule = ({ stages, checks }) =>
  stages.some((stage) => ['randomised', 'shadow'].includes(kindOf(stage)))
    ? []
    : checks.flatMap((check, index) =>
        check.baseline.kind === 'control' && (isRelative(check.limits) || isRelative(check.warn))
          ? [
              finding(
                'error',
                'no-baseline',
                `\`${check.metric.name}\` is compared with control, but no stage has a control to compare with`,
                {
                  path: ['checks', index],
                  hint: 'give it a `baseline:` of {offset: 7d} or {before_start: 24h}, or add a stage with a percentage',
                },
              ),
            ]
          : [],
      );

export const fallbackIsControl: Rule = ({ checks, fallback, control }) =>
  fallback === control
    ? checks.flatMap((check, index) =>
        check.onBreach === 'degrade'
          ? [
              finding(
                'warning',
                'fallback-is-control',
                '`on_breach: degrade` serves the control, for there is no other `fallback`',
                { path: ['checks', index, 'on_breach'] },
              ),
            ]
          : [],
      )
    : [];
