import { describe, expect, it } from 'vitest';
import { jobOf } from '../../src/action/job.ts';
import type { Payload } from '../../src/action/payload.ts';

const AUTO = { command: 'auto' } as const;

const COMMENT: Payload = {
  action: 'created',
  issue: { number: 7 },
  comment: { id: 1, body: 'Hi', created_at: '2026-06-01T09:00:00Z', user: { login: 'ada' } },
};

const PULL: Payload = {
  pull_request: {
    number: 3,
    head: { repo: { full_name: 'acme/shop' } },
    base: { sha: 'abc', repo: { full_name: 'acme/shop' } },
  },
};

describe('the job of an event', () => {
  it.each<[string, Payload, object]>([
    ['schedule', {}, { kind: 'reconcile' }],
    ['workflow_dispatch', {}, { kind: 'reconcile' }],
    ['repository_dispatch', {}, { kind: 'reconcile' }],
    [
      'push',
      { ref: 'refs/heads/main', repository: { default_branch: 'main' } },
      { kind: 'compile' },
    ],
    [
      'push',
      { ref: 'refs/heads/other', repository: { default_branch: 'main' } },
      { kind: 'ignore' },
    ],
    ['pull_request', PULL, { kind: 'validate', pull: { number: 3, fork: false } }],
    ['issue_comment', COMMENT, { kind: 'respond', comment: { user: 'ada', number: 7 } }],
    ['issue_comment', { ...COMMENT, action: 'edited' }, { kind: 'ignore' }],
    ['issue_comment', { ...COMMENT, comment: { id: 1, user: null } }, { kind: 'ignore' }],
    [
      'issue_comment',
      { ...COMMENT, comment: { id: 1, user: { login: 'x', type: 'Bot' } } },
      { kind: 'ignore' },
    ],
    ['release', {}, { kind: 'ignore' }],
  ])('%s', (event, payload, job) => {
    expect(jobOf(event, payload, AUTO)).toMatchObject(job);
  });

  it('takes a head whose repository is gone for a fork', () => {
    const gone = { pull_request: { ...PULL.pull_request, head: { repo: null } } };
    expect(jobOf('pull_request', gone, AUTO)).toMatchObject({ pull: { fork: true } });
  });

  it('is never a review with the rights of the default branch', () => {
    for (const command of ['auto', 'validate'] as const) {
      expect(() => jobOf('pull_request_target', PULL, { command })).toThrow(/on: pull_request/);
    }
  });
});
