// What the centre offers instead of a line that it refused.
import type { Refusal } from "../api/refusal";

/** The choices of a refusal, in its order. */
export function choicesOf({ facts }: Refusal): string[] {
  return (facts["choices"] ?? "").split(",").map((choice) => choice.trim()).filter((choice) => choice !== "");
}

/** A line that could not be read has an example for its remedy: it names units and incidents that nobody meant. */
function isUnread(reason: string): boolean {
  return reason === "COMMAND_INCOMPLETE" || reason === "COMMAND_NOT_UNDERSTOOD";
}

/** What may be taken instead as it stands. Nothing: there is none. */
export function remedyOf({ reason, facts }: Refusal): string | undefined {
  const { remedy } = facts;
  return remedy === undefined || remedy === "" || isUnread(reason) ? undefined : remedy;
}

/** How such a line looks, to be read and not to be taken. */
export function exampleOf({ reason, facts }: Refusal): string | undefined {
  const { remedy } = facts;
  return remedy === undefined || remedy === "" || !isUnread(reason) ? undefined : remedy;
}

/** A line with the word that fits several replaced by the one that is meant; without such a word the choice is added. */
export function chosen(line: string, word: string | undefined, choice: string): string {
  if (word === undefined || word === "") return `${line.trimEnd()} ${choice}`;
  const at = line.toUpperCase().indexOf(word.toUpperCase());
  return at < 0 ? `${line.trimEnd()} ${choice}` : `${line.slice(0, at)}${choice}${line.slice(at + word.length)}`;
}
