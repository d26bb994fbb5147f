import { lastOf } from '../../base/compare';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { showToast } from '../../base/ui/toasts';
import { QUANTITY_MAX } from '../cart';
import { sectionsOf, type Dish, type Menu, type Section } from '../menu';
import { t } from '../messages';
import type { GuestSession } from '../guest_session';
import { announcement, sheet, useGuestSession, useMoney } from './context';
import { NotThere, Notice } from './notices';
import { Stepper } from './stepper';
import './menu_view.css';

export function MenuView() {
  const { menu, menuRefresher } = useGuestSession();
  const list = useRef<HTMLDivElement>(null);
  const visibleSection = useVisibleSection(list, menu.value);
  if (!menu.value) return menuRefresher.failure.value ? <NotThere /> : <MenuSkeleton />;
  const sections = sectionsOf(menu.value);
  if (sections.length === 0) return <Notice mark="∅" title={t('menuEmptyTitle')} text={t('menuEmptyText')} />;
  const hasHeadings = sections.some(({ category }) => category);
  const show = (index: number) => {
    const section = list.current?.children[index];
    section?.scrollIntoView({ behavior: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    section?.querySelector('h2')?.focus({ preventScroll: true });
  };
  return (
    <div class="menu">
      {hasHeadings && sections.length > 1 ? (
        <nav class="categories" aria-label={t('categories')}>
          {sections.map((section, index) => (
            <button
              key={section.category}
              type="button"
              class="chip"
              aria-current={index === visibleSection ? 'true' : undefined}
              onClick={() => show(index)}
            >
              {section.category === undefined ? t('otherDishes') : <bdi>{section.category}</bdi>}
            </button>
          ))}
        </nav>
      ) : null}
      <div ref={list}>
        {sections.map((section) => (
          <MenuSection key={section.category} section={section} hasHeading={hasHeadings} />
        ))}
      </div>
    </div>
  );
}

/** The index of the first section that reaches into the upper half of the window. */
function useVisibleSection(list: RefObject<HTMLDivElement>, menu: Menu | undefined): number {
  const inSight = useSignal(0);
  useEffect(() => {
    const sections = [...(list.current?.children ?? [])];
    const visible = new Set<Element>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) visible[isIntersecting ? 'add' : 'delete'](target);
        inSight.value = Math.max(0, sections.findIndex((section) => visible.has(section)));
      },
      { rootMargin: '-140px 0px -50% 0px' },
    );
    sections.forEach((section) => observer.observe(section));
    return () => observer.disconnect();
  }, [menu]);
  return inSight.value;
}

function MenuSection({ section, hasHeading }: { section: Section; hasHeading: boolean }) {
  const title = section.category === undefined ? t(hasHeading ? 'otherDishes' : 'tabMenu') : <bdi>{section.category}</bdi>;
  return (
    <section class="category" data-category={section.category ?? ''}>
      <h2 tabIndex={-1}>{title}</h2>
      <ul class="dishes">
        {section.dishes.map((dish) => (
          <DishRow key={dish.id} dish={dish} />
        ))}
      </ul>
    </section>
  );
}

function DishRow({ dish }: { dish: Dish }) {
  const amount = useMoney()(dish.price);
  return (
    <li class="dish" data-dish={dish.id} data-available={dish.available}>
      {dish.available ? (
        <button type="button" class="dish-open" onClick={() => (sheet.value = { kind: 'dish', dishId: dish.id })}>
          <span class="dish-name">
            <bdi>{dish.name}</bdi>
          </span>
          <span class="dish-price">{amount}</span>
        </button>
      ) : (
        <p class="dish-open">
          <span class="dish-name">
            <bdi>{dish.name}</bdi>
          </span>
          <span class="dish-price">{amount}</span>
        </p>
      )}
      {dish.available ? <DishCount dish={dish} /> : <span class="tag">{t('soldOut')}</span>}
    </li>
  );
}

function DishCount({ dish }: { dish: Dish }) {
  const session = useGuestSession();
  const lines = session.cart.cart.value.lines.filter(({ menuItemId }) => menuItemId === dish.id);
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const isLocked = session.placing.value !== undefined;
  const step = (to: number) => {
    if (to > count) return addToCart(session, dish);
    // A line without a note is reduced first.
    const line = lines.find(({ note }) => note === '') ?? lastOf(lines);
    if (line) session.cart.setQuantity(line.id, line.quantity - 1);
    announcement.value = t('inOrder', { count: count - 1 });
  };
  return <Stepper name={dish.name} quantity={count} max={QUANTITY_MAX} onChange={step} disabled={isLocked} />;
}

export function addToCart(session: GuestSession, dish: Dish, quantity = 1, note = ''): void {
  if (!session.cart.add(dish, quantity, note)) return showToast('error', t('cartFull'));
  announcement.value = `${t('addedToast', { name: dish.name })}. ${t('inOrder', { count: session.priced.value.count })}`;
}

function MenuSkeleton() {
  return (
    <div class="skeleton" aria-busy="true">
      <p class="visually-hidden" role="status">
        {t('menuLoading')}
      </p>
      {[1, 2, 3, 4, 5, 6].map((row) => (
        <div key={row} class="skeleton-row" aria-hidden="true" />
      ))}
    </div>
  );
}
