import { now } from '../../base/clock';
import type { Displays, Overview } from '../ops_store';
import { t } from '../messages';
import { formatAge } from '../format';
import { useOpsStore } from './context';
import './display_panel.css';

type Branch = Overview['branches'][number];
type Online = Displays['displays'][number];
type Silent = Displays['silent'][number];

/** Which kitchen displays are there, and which were. */
export function DisplayPanel() {
  const store = useOpsStore();
  const branches = store.overview.value?.branches ?? [];
  return (
    <section class="panel" aria-labelledby="displays">
      <header class="panel-head">
        <h2 id="displays">{t('displays')}</h2>
      </header>
      {store.overview.value ? (
        <ul class="rows">
          {branches.map((branch) => (
            <BranchRow key={branch.branchId} branch={branch} known={store.displays.value.get(branch.branchId)} />
          ))}
        </ul>
      ) : (
        <p class="empty">{t('loading')}</p>
      )}
    </section>
  );
}

function BranchRow({ branch, known }: { branch: Branch; known: Displays | undefined }) {
  const online = known?.displays ?? [];
  const silent = known?.silent ?? [];
  return (
    <li class="row" data-branch={branch.branchId}>
      <div class="row-head">
        <h3>
          <bdi>{branch.name}</bdi>
        </h3>
        {known ? (
          <span class={online.length > 0 ? 'pill pill-closed' : silent.length > 0 ? 'pill pill-open' : 'pill pill-quiet'}>
            {t('online', { count: online.length })}
          </span>
        ) : null}
      </div>
      {known && known.asOf === null ? <p class="empty">{t('displaysUnknown')}</p> : null}
      {known && known.asOf !== null && online.length + silent.length === 0 ? <p class="empty">{t('displaysNone')}</p> : null}
      <ul class="people">
        {online.map((one) => (
          <li key={`${one.source}.${one.memberId}`} data-display={one.memberId} data-presence="online">
            <span class="dot dot-online" aria-hidden="true" />
            <b>
              <bdi>{nameOf(one)}</bdi>
            </b>
            <span class="person-facts">
              {t('onlineFor', { age: formatAge(Date.parse(one.since), now.value) })}
              {one.connections > 1 ? ` · ${t('connections', { count: one.connections })}` : ''}
            </span>
          </li>
        ))}
        {silent.map((one) => (
          <li key={one.memberId} data-display={one.memberId} data-presence="silent">
            <span class="dot dot-silent" aria-hidden="true" />
            <b>
              <bdi>{nameOf(one)}</bdi>
            </b>
            <span class="person-facts">{t('silentFor', { age: formatAge(Date.parse(one.silentSince), now.value) })}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}

const nameOf = ({ name, memberId }: Online | Silent) => name ?? memberId.slice(0, 14);
