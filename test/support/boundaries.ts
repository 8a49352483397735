/** What tells one resource of one host from all others. */
export function key(event: { readonly host: string; readonly phase: string; readonly resource: string }): string {
  return `${event.host} ${event.phase} ${event.resource}`;
}
