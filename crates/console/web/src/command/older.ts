// A centre that has no command line yet.
import type { Refusal } from "../api/refusal";

/** True where the centre does not know the service: it is of an older release, and typing again does not help. */
export function isOlder({ reason }: Refusal): boolean {
  return reason === "UNIMPLEMENTED" || reason === "METHOD_UNKNOWN";
}
