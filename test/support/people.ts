import type { EvaluationContext } from '@openfeature/core';
import type { Config } from '../../src/model/config.ts';
import { REGIONS, SEGMENTS, TIERS, type User } from './users.ts';

/** How the users of `users.ts` are told in an evaluation context: a segment, an attribute. */
export const TOLD: Config['segments'] = {
  employees: { attribute: 'email', operator: 'ends_with', values: ['@acme.example'] },
  'early-adopters': { attribute: 'programme', operator: 'in', values: ['early', 'both'] },
  standard: { attribute: 'plan.name', operator: 'starts_with', values: ['standard-'] },
  conservative: { attribute: 'speed', operator: 'not_in', values: ['fast', 'faster'] },
};

type Person = Omit<User, 'bucket'>;

/** The context a service would send for a user. */
export function contextOf({ id, segments, region, tier }: Person): EvaluationContext {
  const among = (name: string): boolean => segments.includes(name);
  return {
    targetingKey: id,
    region,
    tier,
    email: `${id}@${among('employees') ? 'acme.example' : 'acme.example.org'}`,
    programme: among('early-adopters') ? 'early' : 'earl',
    plan: { name: among('standard') ? 'standard-2' : 'no-standard-2' },
    ...(among('conservative') ? { speed: 'slow' } : {}),
  };
}

/** The same users every time: one of each combination of segments, region and tier after another. */
export function people(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `user-${n}`,
    // One in ten is an employee; every other segment has its own tenth.
    segments: n % 10 < SEGMENTS.length ? [SEGMENTS[n % 10] ?? ''] : [],
    region: REGIONS[Math.floor(n / 10) % REGIONS.length] ?? '',
    tier: TIERS[Math.floor(n / 30) % TIERS.length] ?? '',
  }));
}
