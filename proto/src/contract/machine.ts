/** The resources of a machine: memory in GB, CPU in virtual CPUs. */
export interface Machine {
  readonly cpu: number;
  readonly memoryGb: number;
}

/** Every machine by its name, smallest first (docs/tasks.md 6.1). */
export const machines = {
  micro: { cpu: 0.25, memoryGb: 0.25 },
  "small-1x": { cpu: 0.5, memoryGb: 0.5 },
  "small-2x": { cpu: 1, memoryGb: 1 },
  "medium-1x": { cpu: 1, memoryGb: 2 },
  "medium-2x": { cpu: 2, memoryGb: 4 },
  "large-1x": { cpu: 4, memoryGb: 8 },
  "large-2x": { cpu: 8, memoryGb: 16 },
} as const satisfies Record<string, Machine>;

/** The name of a machine. */
export type MachineName = keyof typeof machines;

/** The names of all machines, smallest first. */
export const machineNames = Object.keys(machines) as readonly MachineName[];

/** The machine of a task when neither the task nor the configuration names one. */
export const defaultMachine: MachineName = "small-1x";

/** The vCPU counts that older tasks ask for with `{ cpu, memory }`. */
export const machineCpus = [0.25, 0.5, 1, 2, 4] as const;

/** The memory sizes that older tasks ask for with `{ cpu, memory }`, in GB. */
export const machineMemories = [0.25, 0.5, 1, 2, 4, 8] as const;

/** Whether a value is the name of a machine. */
export function isMachineName(name: unknown): name is MachineName {
  return typeof name === "string" && Object.hasOwn(machines, name);
}

/** Returns the name, or that of the default machine for a name that this version does not know. */
export function knownMachine(name: string): MachineName {
  return isMachineName(name) ? name : defaultMachine;
}

/** Finds the first machine with at least this much of both; undefined when none is large enough. */
export function findMachineFor(cpu: number, memoryGb: number): MachineName | undefined {
  return machineNames.find((name) => machines[name].cpu >= cpu && machines[name].memoryGb >= memoryGb);
}
