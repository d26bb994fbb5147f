// The dialogs of the display.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../../base/api/error';
import { isolated } from '../../base/bidi';
import { formatTime } from '../../base/format';
import { logOut } from '../../base/staff';
import { LanguageChoice, ThemeChoice } from '../../base/ui/choices';
import { Dialog } from '../../base/ui/dialog';
import { formText } from '../../base/ui/form_text';
import '../../base/ui/settings.css';
import { showToast } from '../../base/ui/toasts';
import { otherActions } from '../actions';
import { KEY_HELP } from '../keys';
import { t } from '../messages';
import { prefer, preferences, TEXT_SIZES } from '../preferences';
import type { Sound } from '../sound';
import { tableParts, type Ticket } from '../ticket';
import { panel, useDisplay } from './context';
import './panels.css';
import { ActionButton } from './ticket_card';

const close = () => (panel.value = undefined);

export function Panels({ sound }: { sound: Sound }) {
  const open = panel.value;
  if (open?.kind === 'settings') return <SettingsPanel sound={sound} />;
  if (open?.kind === 'recall') return <RecallPanel />;
  if (open?.kind === 'more') return <MorePanel key={open.ticketId} ticketId={open.ticketId} />;
  if (open?.kind === 'reject') return <RejectPanel key={open.ticket.id} ticket={open.ticket} />;
  return null;
}

function SettingsPanel({ sound }: { sound: Sound }) {
  return (
    <Dialog title={t('settings')} onClose={close}>
      <div class="settings settings-wide">
        <TextSize />
        <button type="button" onClick={() => sound.play('created')}>
          {t('sound')}: {t('soundTest')}
        </button>
        <LanguageChoice />
        <ThemeChoice />
        <button type="button" onClick={() => (close(), logOut())}>
          {t('logOut')}
        </button>
      </div>
      <h3>{t('keys')}</h3>
      <dl class="keys">
        {KEY_HELP.map(([keys, label]) => (
          <div key={label}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      <Diagnostics />
    </Dialog>
  );
}

/** Counts of events, for support. */
function Diagnostics() {
  const { feed, unknownEvents } = useDisplay();
  const { delivered, repeated, foreign } = feed.counts;
  const unknown = unknownEvents.value + foreign;
  return <p class="facts">{t('facts', { delivered, repeated, unknown })}</p>;
}

function TextSize() {
  const { textSize } = preferences.value;
  const step = (by: number) => {
    const next = TEXT_SIZES[TEXT_SIZES.indexOf(textSize) + by];
    if (next !== undefined) prefer({ textSize: next });
  };
  return (
    <div class="text-size" role="group" aria-label={t('textSize')}>
      <span>
        {t('textSize')}: {textSize} %
      </span>
      <button type="button" aria-label={t('textSmaller')} onClick={() => step(-1)}>
        A−
      </button>
      <button type="button" aria-label={t('textLarger')} onClick={() => step(1)}>
        A+
      </button>
    </div>
  );
}

/** The less frequent actions; closes when its ticket goes. */
function MorePanel({ ticketId }: { ticketId: string }) {
  const shown = useDisplay().columns.value.flatMap(({ tickets }) => tickets).find(({ ticket }) => ticket.id === ticketId);
  const isOver = !shown || shown.isGone;
  useEffect(() => {
    if (isOver) close();
  }, [isOver]);
  if (isOver) return null;
  const { ticket } = shown;
  const title = `${isolated(tableParts(ticket).table)} · ${t('order', { number: ticket.orderNumber })}`;
  return (
    <Dialog title={title} onClose={close}>
      <div class="more-buttons" onClick={close}>
        {otherActions(ticket).map((kind) => (
          <ActionButton key={kind} kind={kind} ticket={ticket} />
        ))}
      </div>
    </Dialog>
  );
}

function RecallPanel() {
  const display = useDisplay();
  const isReading = useSignal(true);
  useEffect(() => {
    display
      .findDone()
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        showToast('error', t('recallFailed'));
      })
      .finally(() => (isReading.value = false));
  }, [display]);
  const done = display.board.value.done;
  return (
    <Dialog title={t('recallTitle')} onClose={close}>
      {done.length === 0 ? <p>{isReading.value ? t('loading') : t('recallEmpty')}</p> : null}
      <ul class="done">
        {done.map((ticket) => (
          <DoneLine key={ticket.id} ticket={ticket} />
        ))}
      </ul>
    </Dialog>
  );
}

function DoneLine({ ticket }: { ticket: Ticket }) {
  const display = useDisplay();
  const { table } = tableParts(ticket);
  const at = ticket.completedAt === undefined ? '' : formatTime(ticket.completedAt);
  const recall = () => {
    display.act('recall', ticket);
    close();
  };
  return (
    <li>
      <span>
        <b>
          <bdi>{table}</bdi>
        </b>{' '}
        #{ticket.orderNumber} · {ticket.items.map((item) => `${item.quantity}× ${isolated(item.name)}`).join(', ')}
        <small> {at ? t('bumpedAt', { time: at }) : ''}</small>
      </span>
      <button type="button" onClick={recall} aria-label={t('actionOn', { action: t('recallOne'), table, number: ticket.orderNumber })}>
        {t('recallOne')}
      </button>
    </li>
  );
}

const REASONS = ['rejectCooking', 'rejectReady'] as const;

function RejectPanel({ ticket }: { ticket: Ticket }) {
  const display = useDisplay();
  const reject = (reason: string) => {
    if (reason.trim() === '') return;
    display.act('reject', ticket, { reason: reason.trim() });
    close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    reject(formText(event, 'reason'));
  };
  return (
    <Dialog title={t('rejectTitle', { number: ticket.orderNumber })} onClose={close}>
      {REASONS.map((reason, index) => (
        <button key={reason} type="button" autofocus={index === 0} onClick={() => reject(t(reason))}>
          {t(reason)}
        </button>
      ))}
      <form class="reject-form" onSubmit={submit}>
        <label>
          {t('rejectOther')}
          <input name="reason" dir="auto" maxLength={500} required />
        </label>
        <button type="submit">{t('rejectSend')}</button>
      </form>
    </Dialog>
  );
}
