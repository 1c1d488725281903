// Lays cards of different heights into even columns, and moves them gently when their list changes.

const rowPx = 4;
const moveMs = 480;
const ease = 'cubic-bezier(.2, .8, .2, 1)';
const stepMs = 35;

const cardsOf = (grid: HTMLElement): HTMLElement[] => [...grid.querySelectorAll<HTMLElement>(':scope > [data-item]')];
const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Gives every card as many grid rows as it is high. Reads all heights first, then writes, to lay out once. */
export function layGrid(grid: HTMLElement): void {
  const gap = Number.parseFloat(getComputedStyle(grid).columnGap) || 0;
  const cards = cardsOf(grid);
  const spans = cards.map((card) =>
    Math.ceil(((card.firstElementChild?.getBoundingClientRect().height ?? 0) + gap) / rowPx),
  );
  for (const [index, card] of cards.entries()) card.style.gridRowEnd = `span ${spans[index]}`;
}

export interface Places {
  boxes: Map<string, { left: number; top: number }>;
  ghosts: Map<string, HTMLElement>;
  width: number;
}

/** Where the cards stand, with a likeness of each to fade out if it leaves. */
export function recordPlaces(grid: HTMLElement): Places {
  const places: Places = { boxes: new Map(), ghosts: new Map(), width: grid.clientWidth };
  if (still()) return places;
  for (const card of cardsOf(grid)) {
    const id = card.dataset.item ?? '';
    places.boxes.set(id, { left: card.offsetLeft, top: card.offsetTop });
    const ghost = (card.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
    for (const media of ghost.querySelectorAll('audio, video, [popover]')) media.remove();
    for (const named of ghost.querySelectorAll('[id]')) named.removeAttribute('id');
    const style = {
      position: 'absolute',
      left: `${card.offsetLeft}px`,
      top: `${card.offsetTop}px`,
      width: `${card.offsetWidth}px`,
    };
    Object.assign(ghost.style, style, { pointerEvents: 'none', zIndex: '0' });
    ghost.inert = true;
    ghost.setAttribute('aria-hidden', 'true');
    places.ghosts.set(id, ghost);
  }
  return places;
}

/** Moves every card from where it stood to where it stands, lets new ones rise and gone ones fade. */
export function moveFrom(grid: HTMLElement, before: Places): void {
  if (still() || before.boxes.size === 0 || before.width !== grid.clientWidth) return;
  const cards = cardsOf(grid);
  const present = new Set(cards.map((card) => card.dataset.item ?? ''));
  let fresh = 0;
  for (const card of cards) {
    const from = before.boxes.get(card.dataset.item ?? '');
    if (!from) {
      const rise = [
        { opacity: 0, transform: 'translateY(24px) scale(.97)' },
        { opacity: 1, transform: 'none' },
      ];
      card.animate(rise, { duration: moveMs, delay: 120 + fresh * stepMs, easing: ease, fill: 'backwards' });
      fresh += 1;
      continue;
    }
    const x = from.left - card.offsetLeft;
    const y = from.top - card.offsetTop;
    if (x === 0 && y === 0) continue;
    card.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
      duration: moveMs,
      easing: ease,
    });
  }
  for (const [id, ghost] of before.ghosts) {
    if (present.has(id)) continue;
    grid.append(ghost);
    const fade = ghost.animate([{ opacity: 1 }, { opacity: 0, transform: 'scale(.94)' }], {
      duration: moveMs * 0.6,
      easing: 'ease-out',
      fill: 'forwards',
    });
    fade.onfinish = () => ghost.remove();
    fade.oncancel = () => ghost.remove();
  }
}
