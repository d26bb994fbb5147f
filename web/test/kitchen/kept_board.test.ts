import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser } from '../browser';
import { boardWith, ticket } from './samples';

installBrowser();
const { BoardKeeper, loadKeptBoard } = await import('../../src/kitchen/kept_board');

const HOUR = 3_600_000;

describe('the board that is kept', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    window.localStorage.clear();
  });
  afterEach(() => void vi.useRealTimers());

  it('is there after a reload, with what can be recalled', () => {
    const keeper = new BoardKeeper('b');
    keeper.keep({ ...boardWith(ticket('a')), done: [ticket('z', { status: 'completed' })], stations: [{ id: 'grill', name: 'Grill' }] });
    vi.advanceTimersByTime(1_000);
    const kept = loadKeptBoard('b');
    expect([...kept!.tickets.keys()]).toEqual(['a']);
    expect(kept!.done.map(({ id }) => id)).toEqual(['z']);
    expect(kept!.stations).toEqual([{ id: 'grill', name: 'Grill' }]);
    expect(loadKeptBoard('another')).toBeUndefined();
  });

  it('is written once for a rush of changes, and at once when the page stops', () => {
    const set = vi.spyOn(window.localStorage, 'setItem');
    const keeper = new BoardKeeper('b');
    for (const id of ['a', 'b', 'c']) keeper.keep(boardWith(ticket(id)));
    expect(set).not.toHaveBeenCalled();
    keeper.stop();
    expect(set).toHaveBeenCalledTimes(1);
    expect([...loadKeptBoard('b')!.tickets.keys()]).toEqual(['c']);
    keeper.stop();
    expect(set).toHaveBeenCalledTimes(1);
  });

  it('is not shown when it is of another day, or not what this version knows', () => {
    const keeper = new BoardKeeper('b');
    keeper.keep(boardWith(ticket('a')));
    keeper.stop();
    vi.setSystemTime(Date.now() + 13 * HOUR);
    expect(loadKeptBoard('b')).toBeUndefined();
    window.localStorage.setItem('orderpush.kitchen.board.b', JSON.stringify({ at: Date.now(), tickets: [{ id: 1 }], stations: [], done: [] }));
    expect(loadKeptBoard('b')).toBeUndefined();
  });
});
