import type { TargetConfig } from '../../model/config.ts';
import type { TargetsRule } from '../rule.ts';
import { fatesOf, namesOf } from '../targets.ts';

export const targetAttributesChanged = {
  id: 'target-attributes-changed',
  severity: 'warning',
  about: 'targets',
  why: 'Services that send a region or a tier by another name than the target looks for have nobody in it.',
  check: (change) =>
    fatesOf(change).flatMap(({ target, now, kept }) => {
      if (!now) return [];
      const keys = (['region', 'tier'] as const).filter(
        (key) =>
          attributeOf(target, key) !== attributeOf(now.target, key) &&
          kept.some(({ told }) => told[key]),
      );
      if (keys.length === 0) return [];
      const touched = kept.filter(({ told }) => keys.some((key) => told[key]));
      const names = namesOf(touched.map(({ rollout }) => rollout));
      const how = keys.map(
        (key) =>
          `${key}s in \`${attributeOf(now.target, key)}\` instead of \`${attributeOf(target, key)}\``,
      );
      const wanted = keys.map((key) => `\`${attributeOf(now.target, key)}\``).join(' and ');
      return [
        {
          message: `who has ${names} changes at once: ${now.target.path} finds ${how.join(', and ')}`,
          path: ['targets', now.index],
          hint: `let services send ${wanted} with the same values first: whoever has none loses the flag`,
        },
      ];
    }),
} as const satisfies TargetsRule;

const attributeOf = (target: TargetConfig, key: 'region' | 'tier'): string =>
  ('attributes' in target ? target.attributes?.[key] : undefined) ?? key;
