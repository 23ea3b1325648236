// The build replaces this file with the module itself, so that the SDK has no dependencies.
export {
  defaultMachine,
  isMachineName,
  knownMachine,
  type MachineName,
  machineCpus,
  machineMemories,
  machines,
} from "@baton/proto/contract/machine";
