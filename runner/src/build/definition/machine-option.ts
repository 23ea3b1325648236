import {
  defaultMachine,
  findMachineFor,
  isMachineName,
  type MachineName,
  machineCpus,
  machineMemories,
} from "@baton/proto/contract/machine";
import { isDescribed } from "./describe-value.ts";
import { isRecord, type OptionProblem, presetChoice, show } from "./retry-options.ts";

const allowedCpus: readonly unknown[] = machineCpus;
const allowedMemories: readonly unknown[] = machineMemories;

/**
 * A machine option as it was read; `preset` is valid only without problems. `path` of a problem is relative to the
 * option.
 */
export interface MachineReading {
  readonly preset: MachineName;
  readonly problems: readonly OptionProblem[];
}

/** Reads `machine` of a task or a configuration: a preset's name, `{ preset }` or `{ cpu, memory }` (docs/tasks.md 6.2). */
export function readMachine(value: unknown): MachineReading {
  if (isMachineName(value)) return { preset: value, problems: [] };
  if (!isRecord(value) || isDescribed(value)) return refused(value);
  if (value.preset !== undefined) return isMachineName(value.preset) ? right(value.preset) : refused(value.preset);
  const { cpu, memory } = value;
  if (cpu === undefined && memory === undefined) return refused(value);
  const problems: OptionProblem[] = [];
  if (cpu !== undefined && !allowedCpus.includes(cpu)) {
    problems.push({ path: "cpu", reason: `expected one of ${allowedCpus.join(", ")}, got ${show(cpu)}` });
  }
  if (memory !== undefined && !allowedMemories.includes(memory)) {
    const reason = `expected one of ${allowedMemories.join(", ")} (GB), got ${show(memory)}`;
    problems.push({ path: "memory", reason });
  }
  const isWhole = typeof cpu === "number" && typeof memory === "number";
  const preset = (isWhole ? findMachineFor(cpu, memory) : undefined) ?? defaultMachine;
  return { preset, problems };
}

function right(preset: MachineName): MachineReading {
  return { preset, problems: [] };
}

function refused(value: unknown): MachineReading {
  return {
    preset: defaultMachine,
    problems: [{ path: "", reason: `expected ${presetChoice}, got ${show(value)}` }],
  };
}
