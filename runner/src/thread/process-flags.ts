import { syncBuiltinESMExports } from "node:module";
import v8 from "node:v8";

/** Calls `onChange` before code of this thread changes V8's flags, which the whole process shares. */
export function watchProcessFlags(onChange: () => void): void {
  const set = v8.setFlagsFromString;
  v8.setFlagsFromString = function setFlagsFromString(flags: string): void {
    onChange();
    set(flags);
  };
  syncBuiltinESMExports();
}
