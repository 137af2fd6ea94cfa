// Who may use the command line at all, as the service's own roles have it.

/** True for roles that may use the command line at all. */
export function commands(role: string): boolean {
  return role === "operator" || role === "supervisor" || role === "duty_officer";
}
