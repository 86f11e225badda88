/** Of `@actions/github`, what a run says of itself; its client would load another HTTP library. */
export { context } from '@actions/github';
