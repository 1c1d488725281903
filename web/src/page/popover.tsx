import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props {
  /** The button's own content. */
  face: ComponentChildren;
  /** The button's label where its content does not say it. */
  label?: string;
  /** The label of what opens. */
  title: string;
  buttonClass: string;
  panelClass?: string;
  children: (close: () => void) => ComponentChildren;
}

const gap = 8;
const narrow = '(max-width: 559px)';

/** Beside its button where there is room; on narrow windows the style sheet makes a sheet at the foot of it. */
function place(panel: HTMLElement, button: HTMLElement): void {
  if (matchMedia(narrow).matches) {
    panel.style.inset = '';
    return;
  }
  const anchor = button.getBoundingClientRect();
  const box = panel.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - gap;
  const above = anchor.top - gap;
  const top = below >= box.height || below >= above ? anchor.bottom + gap : anchor.top - gap - box.height;
  const left = Math.min(Math.max(gap, anchor.left), document.documentElement.clientWidth - box.width - gap);
  panel.style.inset = `${Math.max(gap, Math.min(top, innerHeight - box.height - gap))}px auto auto ${left}px`;
}

/** A button that opens a panel of the browser's top layer; Escape and a click elsewhere close it and give the focus back. */
export function Popover({ face, label, title, buttonClass, panelClass = '', children }: Props) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = (): void => panel.current?.hidePopover();

  useLayoutEffect(() => {
    if (!open || !panel.current || !button.current) return;
    const put = (): void => {
      if (panel.current && button.current) place(panel.current, button.current);
    };
    put();
    panel.current.querySelector<HTMLElement>('[data-first], input, button')?.focus();
    const observer = new ResizeObserver(put);
    observer.observe(panel.current);
    addEventListener('scroll', put, { passive: true });
    addEventListener('resize', put);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', put);
      removeEventListener('resize', put);
    };
  }, [open]);

  return (
    <>
      <button
        type="button"
        ref={button}
        class={buttonClass}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-controls={id}
        {...(label ? { 'aria-label': label, title: label } : {})}
        onClick={() => panel.current?.togglePopover()}
      >
        {face}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        class={`panel ${panelClass}`}
        onToggle={(event) => {
          const opened = (event as unknown as ToggleEvent).newState === 'open';
          setOpen(opened);
          const lost = document.activeElement === document.body || panel.current?.contains(document.activeElement);
          if (!opened && lost) button.current?.focus();
        }}
      >
        {open && children(close)}
      </div>
    </>
  );
}
