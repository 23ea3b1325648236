export { type CoordinatorConfig, readCoordinatorConfig } from "./config.ts";
export type { CoordinatorApi, RegisteredTask, RunView, TriggerCommand, TriggerOutcome } from "./coordinator-api.ts";
export { isFinal, type Run, type RunId, type RunStatus } from "./core/run.ts";
export {
  ConfigError,
  CoordinatorError,
  InsecureListenError,
  PortInUseError,
  StoreLockedError,
  StoreUnusableError,
  StoreVersionError,
  TokenFileUnreadableError,
} from "./errors.ts";
export { type RunningCoordinator, startCoordinator } from "./server.ts";
export { createStore } from "./store/open-store.ts";
export type { Store } from "./store/store.ts";
