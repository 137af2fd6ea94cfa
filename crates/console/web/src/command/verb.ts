// Verbs by name, as the words of each language have them.
import { Verb } from "../contract/kezek/command/v1/command_service_pb";
import type { VerbName } from "./said";

/** A verb by name; nothing for one of a newer centre. */
export function verbName(verb: Verb): VerbName | undefined {
  const name = Verb[verb] as keyof typeof Verb | undefined;
  return name === undefined || name === "UNSPECIFIED" ? undefined : name;
}
