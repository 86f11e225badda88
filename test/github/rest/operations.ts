import type { Operation } from './call.ts';
import { COMMIT_OPERATIONS } from './commits.ts';
import { CONTENT_OPERATIONS } from './contents.ts';
import { DISPATCH_OPERATIONS } from './dispatches.ts';
import { ISSUE_OPERATIONS } from './issues.ts';
import { OBJECT_OPERATIONS } from './objects.ts';
import { PEOPLE_OPERATIONS } from './people.ts';
import { PULL_OPERATIONS } from './pulls.ts';
import { REACTION_OPERATIONS } from './reactions.ts';
import { REF_OPERATIONS } from './refs.ts';

/** Every operation the server answers, by the id GitHub's description gives it. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...COMMIT_OPERATIONS,
    ...CONTENT_OPERATIONS,
    ...DISPATCH_OPERATIONS,
    ...ISSUE_OPERATIONS,
    ...OBJECT_OPERATIONS,
    ...PEOPLE_OPERATIONS,
    ...PULL_OPERATIONS,
    ...REACTION_OPERATIONS,
    ...REF_OPERATIONS,
  }),
);
