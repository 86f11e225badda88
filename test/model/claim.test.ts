import { describe, expect, it } from 'vitest';
import { claimOf, mayBeOf } from '../../src/model/claim.ts';

const ENVIRONMENTS = { environments: ['staging', 'production'] };

describe('what an invalid file may be of', () => {
  it.each<[path: string, flag: string | undefined, flags: readonly string[]]>([
    ['rollouts/demo.yaml', 'demo', ['demo']],
    ['rollouts/demo.yml', undefined, ['demo']],
    ['rollouts/moved.yaml', 'demo', ['demo', 'moved']],
    ['rollouts/moved.yaml', 'no\nname', ['moved']],
    ['rollouts/moved.yaml', '', ['moved']],
  ])('at %s, naming %j, is %j', (path, flag, flags) => {
    const claim = claimOf(path, (key) => (key === 'flag' ? flag : undefined), ENVIRONMENTS);
    expect(claim).toEqual({ flags });
  });

  it.each<[path: string, named: string | undefined, environment: string | undefined]>([
    ['rollouts/demo.yaml', undefined, undefined],
    ['rollouts/demo.yaml', 'staging', 'staging'],
    ['rollouts/demo.yaml', 'stagign', undefined],
    ['rollouts/staging/demo.yaml', undefined, 'staging'],
    ['rollouts/staging/demo.yaml', 'staging', 'staging'],
    // One of the two is wrong, and nobody knows which.
    ['rollouts/staging/demo.yaml', 'production', undefined],
  ])('at %s, in the environment %j, is in %j', (path, named, environment) => {
    const claim = claimOf(path, (key) => (key === 'environment' ? named : undefined), ENVIRONMENTS);
    expect(claim.environment).toBe(environment);
  });

  it('is any environment of its flags where it does not say which', () => {
    const claim = { flags: ['demo', 'moved'] };
    expect(mayBeOf(claim, { flag: 'moved', environment: 'staging' })).toBe(true);
    expect(mayBeOf(claim, { flag: 'other', environment: 'staging' })).toBe(false);
    const known = { ...claim, environment: 'production' };
    expect(mayBeOf(known, { flag: 'demo', environment: 'staging' })).toBe(false);
  });
});
