/** The resources that one preset stands for. Memory in GB, CPU in virtual CPUs. */
export interface Machine {
  readonly cpu: number;
  readonly memoryGb: number;
}

/** Every preset, smallest first (spec 6.1). */
export const machines = {
  micro: { cpu: 0.25, memoryGb: 0.25 },
  "small-1x": { cpu: 0.5, memoryGb: 0.5 },
  "small-2x": { cpu: 1, memoryGb: 1 },
  "medium-1x": { cpu: 1, memoryGb: 2 },
  "medium-2x": { cpu: 2, memoryGb: 4 },
  "large-1x": { cpu: 4, memoryGb: 8 },
  "large-2x": { cpu: 8, memoryGb: 16 },
} as const satisfies Record<string, Machine>;

/** The name of a preset. */
export type MachineName = keyof typeof machines;

/** The preset of a task that names none. */
export const defaultMachine: MachineName = "small-1x";

/** Is this text the name of a preset? */
export function isMachineName(name: string): name is MachineName {
  return Object.hasOwn(machines, name);
}
