import picocolors from 'picocolors';

/** Colours, or nothing where there is no terminal to show them. */
export type Paint = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta'
>;

export function paintFor(colour: boolean): Paint {
  return picocolors.createColors(colour);
}
