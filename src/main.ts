import { runAction } from './action/run.ts';

process.exitCode = await runAction(process.env);
// Nothing is left to be done, and a process takes longer to tidy up than to leave. Not before what
// was printed is out: not every pipe takes it at once.
process.stdout.write('', () => process.exit());
