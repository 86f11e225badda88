const SUFFIX = '.evidence.json';

/** Where the evidence record of a rollout's last move is: beside its file. */
export const recordPath = (file: string): string => `${file.replace(/\.[^./]*$/, '')}${SUFFIX}`;

/** Whether a path is that of an evidence record. Rollout files end in .yaml or .yml, so it is never one of them. */
export const isRecordPath = (path: string): boolean => path.toLowerCase().endsWith(SUFFIX);
