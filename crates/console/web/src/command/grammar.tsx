// What can be typed, as the centre reads it: the help is its own list, so that no help tells what the centre does not know.
import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type CommandHelp } from "../contract/kezek/command/v1/command_service_pb";
import { useConsole } from "../context";
import { refusal, type Refusal } from "../api/refusal";
import { Refused } from "../look/look";
import { words } from "../words/words";
import { commands } from "./role";
import { verbName } from "./verb";

/** When, how and on whose word, as it may be said in Russian too (`command/src/said.rs`). */
const IN_RUSSIAN = "A 21 в 14:03 по радио от Асанова";

/** The verbs that the person's role may use, with form and example. */
export function Grammar() {
  const { call, session } = useConsole();
  const [found, setFound] = useState<readonly CommandHelp[]>([]);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const { command } = words();
  const may = commands(session.role);
  useEffect(() => {
    if (!may) return;
    call("CommandService").listCommands({}).then(({ commands }) => setFound(commands), (thrown: unknown) => setRefused(refusal(thrown)));
  }, [call, may]);
  if (!may) return null;
  return (
    <section aria-label={command.grammar}>
      <h3>{command.grammar}</h3>
      <p class="muted">{command.grammarWhy}</p>
      {command.inRussian === "" ? null : <p class="muted">{command.inRussian} <code>{IN_RUSSIAN}</code></p>}
      {refused === undefined ? null : refused.older === true ? <p>{command.older}</p> : <Refused refusal={refused} />}
      <table class="help-table">
        <tbody>
          {found.map((one) => {
            const name = verbName(one.verb);
            return (
              <tr key={one.verb}>
                <th scope="row">{one.words.map((word) => <Fragment key={word}><kbd>{word}</kbd> </Fragment>)}</th>
                <td>{name === undefined ? "" : command.verbs[name]}</td>
                <td><code>{one.form}</code></td>
                <td class="muted">{command.example}: <code>{one.example}</code></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
