/** Ends this process when its standard input closes, so that a killed bench leaves no server behind. */
export function endWithParent(): void {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
}
