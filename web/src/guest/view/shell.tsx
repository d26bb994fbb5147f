import { formatMoney } from '../../base/format';
import { LanguageChoice, ThemeChoice } from '../../base/ui/choices';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import { Dialog } from '../../base/ui/dialog';
import '../../base/ui/settings.css';
import { t } from '../messages';
import { BillView } from './bill_view';
import { CancelSheet } from './cancel_sheet';
import { CartPanel } from './cart_panel';
import { closeSheet, isWide, sheet, tab, TABS, useGuestSession, type Tab } from './context';
import { DishSheet } from './dish_sheet';
import { MenuView } from './menu_view';
import { OrdersView } from './orders_view';
import './sheets.css';
import './shell.css';

const TAB_LABELS = { menu: 'tabMenu', orders: 'tabOrders', bill: 'tabBill' } as const;
const FINISHED = ['served', 'completed', 'cancelled'];

/** The page of a table: the open tab, the navigation, and the cart. */
export function Shell() {
  const { feed } = useGuestSession();
  return (
    <div class="shell" data-tab={tab.value}>
      <TopBar />
      {feed.state.value === 'offline' ? <p class="offline-hint">{t('offlineHint')}</p> : null}
      <main id="main" tabIndex={-1}>
        {tab.value === 'menu' ? <MenuView /> : tab.value === 'orders' ? <OrdersView /> : <BillView />}
      </main>
      {isWide.value ? (
        <aside class="side" aria-label={t('cart')}>
          <h2>{t('cart')}</h2>
          <CartPanel />
        </aside>
      ) : null}
      <Dock />
      <Sheets />
    </div>
  );
}

function TopBar() {
  const { tableSession, feed } = useGuestSession();
  return (
    <header class="top">
      <div class="top-place">
        <h1>
          <bdi>{tableSession.branchName}</bdi>
        </h1>
        <p class="soft">
          <bdi>{tableSession.table}</bdi>
        </p>
      </div>
      <ConnectionBadge state={feed.state.value} />
      <button type="button" class="quiet round" aria-label={t('settings')} onClick={() => (sheet.value = { kind: 'settings' })}>
        <span aria-hidden="true">⋯</span>
      </button>
    </header>
  );
}

/** At the thumb: the cart, and the three places of the page. */
function Dock() {
  return (
    <div class="dock">
      {isWide.value ? null : <CartBar />}
      <nav class="tabs" aria-label={t('navigation')}>
        {TABS.map((name) => (
          <TabButton key={name} name={name} />
        ))}
      </nav>
    </div>
  );
}

function TabButton({ name }: { name: Tab }) {
  const { view } = useGuestSession();
  const running = view.value?.orders.filter(({ status }) => !FINISHED.includes(status)).length ?? 0;
  const go = () => {
    tab.value = name;
    window.scrollTo({ top: 0 });
  };
  return (
    <button type="button" class="tab" aria-current={tab.value === name ? 'page' : undefined} onClick={go}>
      {t(TAB_LABELS[name])}
      {name === 'orders' && running > 0 ? <span class="tab-count">{running}</span> : null}
    </button>
  );
}

function CartBar() {
  const { priced, menu, placing, stale } = useGuestSession();
  const { count, total } = priced.value;
  if (count === 0 || !menu.value) return null;
  const amount = formatMoney(total, menu.value.currency);
  const state = stale.value ? t('staleTitle') : placing.value ? t('placing') : undefined;
  return (
    <button
      type="button"
      class="primary cart-bar"
      aria-label={state ?? t('cartOpen', { count, price: amount })}
      onClick={() => (sheet.value = { kind: 'cart' })}
    >
      <span class="cart-bar-count">{count}</span>
      <span class="cart-bar-word">{state ?? t('cartBar')}</span>
      <span class="cart-bar-price">{amount}</span>
    </button>
  );
}

function Sheets() {
  const open = sheet.value;
  if (open?.kind === 'dish') return <DishSheet key={open.dishId} dishId={open.dishId} />;
  if (open?.kind === 'cancel') return <CancelSheet key={open.orderId} orderId={open.orderId} />;
  if (open?.kind === 'settings') {
    return (
      <Dialog title={t('settings')} onClose={closeSheet} class="sheet">
        <div class="settings">
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </Dialog>
    );
  }
  if (open?.kind !== 'cart' || isWide.value) return null;
  return (
    <Dialog title={t('cart')} onClose={closeSheet} class="sheet">
      <CartPanel />
    </Dialog>
  );
}
