/**
 * Hands warnings of this thread to `capture`: of Node.js, about a listener that leaks for example, and those that code makes
 * with `process.emitWarning`.
 * @param capture - Takes one. False: nobody captures it, so it is printed as usual.
 */
export function captureWarnings(capture: (message: string) => boolean): void {
  const printing = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const { code, detail, message, name } = warning as Error & { readonly code?: string; readonly detail?: string };
    const text = `${code === undefined ? "" : `[${code}] `}${name}: ${message}${detail === undefined ? "" : `\n${detail}`}`;
    if (!capture(text)) for (const print of printing) print.call(process, warning);
  });
}
