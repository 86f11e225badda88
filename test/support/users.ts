import fc from 'fast-check';
import { BUCKETS, type Exposure } from '../../src/model/exposure.ts';

/** A user as an audience sees one. */
export interface User {
  readonly id: string;
  readonly segments: readonly string[];
  readonly region: string;
  readonly tier: string;
  readonly bucket: number;
}

export const SEGMENTS = ['employees', 'early-adopters', 'standard', 'conservative'];
export const REGIONS = ['au', 'nz', 'eu'];
export const TIERS = ['b2c', 'b2b'];

export const user: fc.Arbitrary<User> = fc.record({
  id: fc.constantFrom('ada', 'bob', 'cy'),
  segments: fc.subarray(SEGMENTS),
  region: fc.constantFrom(...REGIONS),
  tier: fc.constantFrom(...TIERS),
  bucket: fc.nat(BUCKETS - 1),
});

/** Whether a user gets something other than control: block wins, then allow, then the audiences. */
export function isExposedTo(exposure: Exposure, { id, ...user }: User): boolean {
  if (exposure.block.includes(id)) return false;
  if (exposure.allow.includes(id)) return true;
  const among = (names: readonly string[], own: readonly string[]): boolean =>
    names.length === 0 || own.some((name) => names.includes(name));
  return exposure.audiences.some(
    ({ segments, regions, tiers, weight }) =>
      among(segments, user.segments) &&
      among(regions, [user.region]) &&
      among(tiers, [user.tier]) &&
      user.bucket < weight,
  );
}
