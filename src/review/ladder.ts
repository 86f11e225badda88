import type { Stage } from '../model/rollout.ts';

/** Whether anybody sees the treatment because of a stage. */
export const isSeen = (stage: Stage): boolean => !stage.shadow && stage.percentage !== 0;
