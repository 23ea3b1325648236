/**
 * Calls `onExit` before `process.exit`, which in a thread ends only the thread, with the attempt that calls it.
 * @param onExit - its exception keeps the thread alive
 */
export function containOwnExit(onExit: () => void): void {
  const exit = process.exit;
  process.exit = function exitThread(code?: number | string | null): never {
    onExit();
    return exit.call(process, code);
  };
}
