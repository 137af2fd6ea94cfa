// What the centre offers instead of a line that it refused.
import type { Refusal } from "../api/refusal";

/** The choices of a refusal, in its order. */
export function choicesOf({ facts }: Refusal): string[] {
  return (facts["choices"] ?? "").split(",").map((choice) => choice.trim()).filter((choice) => choice !== "");
}

/** A line with the word that fits several replaced by the one that is meant; without such a word the choice is added. */
export function chosen(line: string, word: string | undefined, choice: string): string {
  if (word === undefined || word === "") return `${line.trimEnd()} ${choice}`;
  const at = line.toUpperCase().indexOf(word.toUpperCase());
  return at < 0 ? `${line.trimEnd()} ${choice}` : `${line.slice(0, at)}${choice}${line.slice(at + word.length)}`;
}
