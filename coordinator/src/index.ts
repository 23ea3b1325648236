export { type CoordinatorConfig, environmentId, readCoordinatorConfig } from "./config.ts";
export type { Run } from "./core/life/run.ts";
export {
  CoordinatorError,
  HalfImportedError,
  ImportRefusedError,
  InsecureListenError,
  PortInUseError,
  StoreLockedError,
  StoreNotEmptyError,
  StoreUnusableError,
  StoreVersionError,
} from "./errors.ts";
export type { MoveCounts, MoveSummary } from "./moving/export-format.ts";
export { type ExportOptions, exportStore } from "./moving/export-store.ts";
export { type ImportOptions, importStore } from "./moving/import-store.ts";
export { type RunningCoordinator, startCoordinator } from "./start-coordinator.ts";
export { createStore, showAddress } from "./store/open-store.ts";
export type { RunLogs, Store } from "./store/store.ts";
