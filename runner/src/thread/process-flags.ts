import { syncBuiltinESMExports } from "node:module";
import v8 from "node:v8";

/** V8's flags belong to the whole process: says when code of this thread changes them, and lets it. */
export function watchProcessFlags(onChange: () => void): void {
  const set = v8.setFlagsFromString;
  v8.setFlagsFromString = function setFlagsFromString(flags: string): void {
    onChange();
    set(flags);
  };
  syncBuiltinESMExports();
}
