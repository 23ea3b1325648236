// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export {
  defaultMachine,
  isMachineName,
  type MachineName,
  machineCpus,
  machineMemories,
  machines,
} from "@baton/proto/contract/machine";
