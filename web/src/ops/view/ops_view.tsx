import { useSignal } from '@preact/signals';
import { t } from '../messages';
import { Adapters } from './adapters';
import { LastHour } from './charts';
import { useOpsStore } from './context';
import { DeadLetterPanel } from './dead_letter_panel';
import { DisplayPanel } from './display_panel';
import { SearchPanel } from './search_panel';
import { Announcer, Status } from './status';
import { Tiles } from './tiles';
import { SettingsDialog, TopBar } from './top_bar';
import './ops_view.css';

export function OpsView() {
  const store = useOpsStore();
  const isSettingsOpen = useSignal(false);
  const isLoaded = store.overview.value !== undefined;
  return (
    <>
      <TopBar onSettings={() => (isSettingsOpen.value = true)} />
      <main class="desk" aria-busy={!isLoaded}>
        <div class="desk-lead">
          <Status />
          <Tiles />
        </div>
        <aside class="desk-side" aria-label={t('search')}>
          <SearchPanel />
        </aside>
        <div class="desk-body">
          <LastHour />
          <DeadLetterPanel />
          <div class="pair">
            <Adapters />
            <DisplayPanel />
          </div>
        </div>
      </main>
      {isSettingsOpen.value ? <SettingsDialog onClose={() => (isSettingsOpen.value = false)} /> : null}
      <Announcer />
    </>
  );
}
