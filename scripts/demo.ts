/** `npm run demo`: two weeks of rollouts in half a minute, through the production code. */
import { playDemo } from './demo/play.ts';

await playDemo(process.stdout);
