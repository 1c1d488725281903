import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { onBeforeFeedChange } from '../state/feed';
import { layGrid, moveFrom, type Places, recordPlaces } from './grid_motion';

interface Props {
  label: string;
  busy?: boolean;
  /** What is laid out; another value is laid out anew. */
  version: unknown;
  /** Whether changes of the recommendations are shown as motion here. */
  moving?: boolean;
  children: ComponentChildren;
}

/** Which card holds the focus; -1: none. */
function focusedPlace(grid: HTMLElement): number {
  return [...grid.children].findIndex((cell) => cell.contains(document.activeElement));
}

/** Where the focused card has left, the one in its place takes over: keyboards go on from there. */
function keepFocus(grid: HTMLElement, place: number): void {
  if (place < 0 || document.activeElement !== document.body) return;
  const cell = grid.children[Math.min(place, grid.children.length - 1)];
  cell?.querySelector<HTMLElement>('.card-title button')?.focus({ preventScroll: true });
}

/** Columns of cards, each as high as it needs. */
export function Grid({ label, busy = false, version, moving = false, children }: Props) {
  const grid = useRef<HTMLElement>(null);
  const before = useRef<Places | null>(null);
  const focused = useRef(-1);

  useEffect(() => {
    if (!moving) return;
    onBeforeFeedChange(() => {
      if (!grid.current) return;
      before.current = recordPlaces(grid.current);
      focused.current = focusedPlace(grid.current);
    });
    return () => onBeforeFeedChange(() => {});
  }, [moving]);

  useLayoutEffect(() => {
    if (!grid.current) return;
    layGrid(grid.current);
    if (before.current) moveFrom(grid.current, before.current);
    before.current = null;
    keepFocus(grid.current, focused.current);
    focused.current = -1;
  }, [version]);

  // Pictures, fonts, wider windows: whatever changes a height.
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    const observer = new ResizeObserver(() => layGrid(element));
    observer.observe(element);
    for (const card of element.querySelectorAll(':scope > [data-item] > *')) observer.observe(card);
    return () => observer.disconnect();
  });

  return (
    <section class="grid" ref={grid} aria-label={label} aria-busy={busy}>
      {children}
    </section>
  );
}

export function Cell({ id, wide = false, children }: { id: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <div class={wide ? 'cell cell-wide' : 'cell'} data-item={id}>
      {children}
    </div>
  );
}

/** Where cards will be, while they are on their way. */
export function GhostGrid({ count = 8 }: { count?: number }) {
  return (
    <div class="grid grid-ghosts" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} class="ghost">
          <div class="ghost-media" />
          <div class="ghost-line" />
          <div class="ghost-line ghost-short" />
        </div>
      ))}
    </div>
  );
}
