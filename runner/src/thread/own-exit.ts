/**
 * `process.exit` ends the thread, and with it the attempt that calls it.
 * @param onExit - Told before; what it throws keeps the thread alive.
 */
export function containOwnExit(onExit: () => void): void {
  const exit = process.exit;
  process.exit = function exitThread(code?: number | string | null): never {
    onExit();
    return exit.call(process, code);
  };
}
