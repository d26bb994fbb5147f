import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** How many cards of a scrolling list are hidden below its lower edge by more than half: nobody scrolls a wall display by chance. */
export function useBelowFold(list: RefObject<HTMLElement>, cards: readonly unknown[]): number {
  const below = useSignal(0);
  const measure = () => {
    const element = list.current;
    if (!element) return;
    const end = element.getBoundingClientRect().bottom;
    const isBelow = (card: Element) => {
      const { top, height } = card.getBoundingClientRect();
      return top + height / 2 > end;
    };
    below.value = element.scrollHeight > element.clientHeight ? [...element.children].filter(isBelow).length : 0;
  };
  useLayoutEffect(measure, [cards]);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  return below.value;
}
