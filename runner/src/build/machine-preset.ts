/** What one preset stands for. Memory in GB, CPU in virtual CPUs. */
export interface MachinePreset {
  readonly cpu: number;
  readonly memoryGb: number;
}

/** Every preset in table order, smallest first (spec 6.1). */
export const machinePresets = {
  micro: { cpu: 0.25, memoryGb: 0.25 },
  "small-1x": { cpu: 0.5, memoryGb: 0.5 },
  "small-2x": { cpu: 1, memoryGb: 1 },
  "medium-1x": { cpu: 1, memoryGb: 2 },
  "medium-2x": { cpu: 2, memoryGb: 4 },
  "large-1x": { cpu: 4, memoryGb: 8 },
  "large-2x": { cpu: 8, memoryGb: 16 },
} as const satisfies Record<string, MachinePreset>;

/** The name of a preset. */
export type MachinePresetName = keyof typeof machinePresets;

/** The preset of a task when neither it nor the configuration names one. */
export const defaultMachinePreset: MachinePresetName = "small-1x";

/** Every preset's name, smallest first. */
export const machinePresetNames = Object.keys(machinePresets) as readonly MachinePresetName[];

/** Is this text the name of a preset? */
export function isMachinePresetName(name: unknown): name is MachinePresetName {
  return typeof name === "string" && Object.hasOwn(machinePresets, name);
}

/** The first preset that has at least this much of both; undefined when none is large enough. */
export function findPresetFor(cpu: number, memoryGb: number): MachinePresetName | undefined {
  return machinePresetNames.find((name) => {
    const preset = machinePresets[name];
    return preset.cpu >= cpu && preset.memoryGb >= memoryGb;
  });
}
