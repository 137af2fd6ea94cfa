// What the keys do and what can be typed, asked for with `?`: the same help everywhere, which begins with what it was asked from.
import { Fragment } from "preact";
import { mayAcknowledge } from "../alarms/acting";
import { Grammar } from "../command/grammar";
import { commands } from "../command/role";
import { useConsole } from "../context";
import { words } from "../words/words";
import { Dialog } from "./dialog";
import { allowSingleKeys, keyLabel, singleKeys, type KeyHelp } from "./keys";

/** The keys of every screen, those of this one, and the verbs of the command line. */
export function Help({ keys, first, onClose }: { keys: readonly KeyHelp[]; first: "keys" | "commands"; onClose: () => void }) {
  const { session } = useConsole();
  const { common, alarms, command } = words();
  const shared: KeyHelp[] = [
    { key: "?", does: commands(session.role) ? `${common.showHelp}; ${command.typedHelp}` : common.showHelp },
    ...(mayAcknowledge(session.role) ? [{ key: "F9", does: alarms.regionKey }] : []),
    { key: "Shift+F9", does: alarms.all },
    ...(commands(session.role) ? [{ key: "F2", does: command.keyFocus }, { key: "Escape", does: command.keyBack }] : []),
    { key: "Ctrl+Shift+KeyL", does: common.nextLanguage },
  ];
  // a screen that says more exactly what a key does there is right
  const everywhere = shared.filter(({ key }) => !keys.some((own) => own.key === key));
  return (
    <Dialog title={common.help} onClose={onClose}>
      {first === "commands" ? <Grammar /> : null}
      <KeyTable title={common.everywhere} keys={everywhere} />
      {keys.length === 0 ? null : <KeyTable title={common.onThisScreen} keys={keys} />}
      <div>
        <label class="choice">
          <input type="checkbox" checked={singleKeys.value} onChange={(event) => allowSingleKeys(session.name, event.currentTarget.checked)} />
          {common.singleKeys}
        </label>
        <p class="muted">{common.singleKeysWhy}</p>
      </div>
      {first === "commands" ? null : <Grammar />}
    </Dialog>
  );
}

function KeyTable({ title, keys }: { title: string; keys: readonly KeyHelp[] }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <table class="help-table">
        <tbody>
          {keys.map(({ key, does }) => {
            const together = typeof key === "string" ? [key] : key;
            return (
              <tr key={together.join(" ")}>
                <th scope="row">{together.map((one) => <Fragment key={one}><kbd>{keyLabel(one)}</kbd> </Fragment>)}</th>
                <td>{does}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
