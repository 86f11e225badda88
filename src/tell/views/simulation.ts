import type { Simulation } from '../../judge/simulate/simulate.ts';
import { paintFor } from '../paint.ts';
import { resultOf } from '../result.ts';
import { renderSimulation } from '../simulation.ts';
import { simulationFields } from '../simulation-fields.ts';
import type { View } from '../view.ts';

/** What to expect of a rollout before it begins. */
export const simulationView = (simulation: Simulation): View => ({
  text: (paint) => renderSimulation(simulation, paint),
  markdown: () => `\`\`\`text\n${renderSimulation(simulation, paintFor(false))}\n\`\`\``,
  json: resultOf('simulate', simulationFields(simulation)),
  exit: 0,
});
