export { type AttemptRuntime, type BatonRuntime, findRuntime, runtimeKey, type TaskRecord, taskKey } from "./runtime.ts";
