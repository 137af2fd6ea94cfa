// The map alone: a second window of a session, beside the desk or the board, on the same stream.
import { useSignal } from "@preact/signals";
import { Panel } from "../look/look";
import { TopBar } from "../look/top_bar";
import { words } from "../words/words";
import { CentreMap } from "./map";

/** The incident that the address names. */
function named(): string | undefined {
  return new URLSearchParams(location.search).get("incident") ?? undefined;
}

export default function MapWindow() {
  const selected = useSignal(named());
  const select = (incidentId: string): void => {
    selected.value = incidentId;
    history.replaceState(null, "", `?incident=${incidentId}`);
  };
  return (
    <div class="map-window">
      <TopBar title={words().common.map} />
      <main>
        <Panel title={words().common.map} id="map">
          <CentreMap selected={selected.value} onSelect={select} />
        </Panel>
      </main>
    </div>
  );
}
