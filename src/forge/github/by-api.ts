/**
 * What a repository is asked and told by the API, beyond where its branch is and which reverts it
 * has: in a file of its own, because a review reads its checkout and most ticks have nothing to do.
 */
export { commitOnBranch } from './commit.ts';
export { readByApi, readFileByApi } from './contents.ts';
export { refreshByApi } from './finish.ts';
export { editsByApi, firstParentByApi, messageByApi } from './history.ts';
export { raiseByIssue } from './issue.ts';
export { lookUpByApi } from './look-up.ts';
export { ownsHere, permissionOf } from './people.ts';
export { proposeByApi } from './propose.ts';
export { commentByApi, recordsByApi } from './records.ts';
export { differences } from './trees.ts';
export { withdrawByApi } from './withdraw.ts';
