/** How many of a failed command's last lines a message shows. */
const LAST_LINES = 15;

/** The last lines of a program's output: mostly the reason why it failed. */
export function lastLines(text: string, most = LAST_LINES): string {
  return text.trim().split("\n").slice(-most).join("\n");
}

/** The last line of a program's output; `otherwise` where it printed nothing. */
export function lastLine(text: string, otherwise: string): string {
  return lastLines(text, 1) || otherwise;
}
