import { openTarget, openTargets } from '../../src/targets/index.ts';

export const openFile = openTarget;
export const openFiles = openTargets;
