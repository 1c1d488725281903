const shapes = {
  heart: 'M12 20.3s-7.8-4.6-7.8-10.4A4.5 4.5 0 0 1 12 7.1a4.5 4.5 0 0 1 7.8 2.8c0 5.8-7.8 10.4-7.8 10.4Z',
  bookmark: 'M6.5 4h11v16.2L12 16l-5.5 4.2Z',
  star: 'm12 3.6 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.500 9.800l5.900-.8Z',
  bubble: 'M4 5.500h16v11h-8.500L7 20.200v-3.700H4Z',
  share: 'M12 15.500V4m0 0L7.800 8.200M12 4l4.200 4.200M5 12.500V20h14v-7.500',
  skip: 'M5 12a7 7 0 1 0 14 0 7 7 0 0 0-14 0m2.100-4.900 9.800 9.800',
  bag: 'M5.500 8.500h13l.9 11.500H4.600Zm3-.2V7.500a3.500 3.500 0 0 1 7 0v.8',
  close: 'm6 6 12 12M18 6 6 18',
  search: 'M10.800 17.300a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.700-1.800L20 20',
  picture: 'M4 5.500h16v13H4Zm0 10 4.500-4.500 4 4 2.500-2.500 5 5M15.500 9.500h.01',
  sound: 'M4 10v4M8 7v10M12 4.500v15M16 8v8M20 10.500v3',
  film: 'M4 6h16v12H4Zm4 0v12M16 6v12M4 10h4M4 14h4m8-4h4m-4 4h4',
  text: 'M5 6.500h14M5 11.500h14M5 16.500h8',
  news: 'M4 5.500h13v13.500H6.500A2.500 2.500 0 0 1 4 16.500Zm13 4h3v7a2.500 2.500 0 0 1-2.500 2.500M7.500 9.500h6M7.500 13h6',
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM3 19.500c0-3.500 2.700-5.500 6-5.500s6 2 6 5.500M15.500 4.900a3.500 3.500 0 0 1 0 6.200m2 3.500c2 .8 3.500 2.500 3.500 4.900',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8.500c0-4 3.400-6 7.500-6s7.500 2 7.500 6',
  tag: 'M4 4h7.500l8.500 8.500-7.500 7.500L4 11.500Zm4 4h.01',
  refresh: 'M19.500 12a7.500 7.500 0 1 1-2.200-5.300L20 9.300m0-5v5h-5',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13v2m0 14v2m9-9h-2M5 12H3m15.400-6.400L17 7M7 17l-1.400 1.400m12.800 0L17 17M7 7 5.600 5.600',
  moon: 'M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10Z',
  contrast: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-16v16',
  chevron: 'm7 10 5 5 5-5',
  info: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-9v5m0-8h.01',
  spark: 'M12 4c.6 4.600 3.400 7.400 8 8-4.600.6-7.400 3.400-8 8-.6-4.600-3.400-7.400-8-8 4.600-.6 7.400-3.400 8-8Z',
  arrowUp: 'M12 19V5m0 0-6 6m6-6 6 6',
  quote:
    'M5 17.500c2.500-.5 3.800-2.300 3.800-5.300H5V6.500h5.300v5.700M14 17.500c2.500-.5 3.800-2.300 3.800-5.300H14V6.500h5.300v5.700',
  unsure:
    'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm-2.200-9.800a2.300 2.300 0 1 1 3.300 2c-.8.4-1.100.8-1.100 1.600m0 2.400h.01',
  arrowLeft: 'M19 12H5m0 0 6-6m-6 6 6 6',
  plus: 'M12 5v14M5 12h14',
  dice: 'M4 7h3.200l9.600 10H20m0 0-2.500-2.500M20 17l-2.500 2.500M4 17h3.200l2.700-2.800m4.200-4.400L16.800 7H20m0 0-2.500-2.500M20 7l-2.500 2.500',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Zm9.500 2.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600Z',
} as const;

export type IconName = keyof typeof shapes | 'play' | 'pause' | 'stop';

const solid: Partial<Record<IconName, string>> = {
  play: 'M8 5.200v13.600a.8.8 0 0 0 1.200.7l10.600-6.800a.8.8 0 0 0 0-1.400L9.200 4.500a.8.8 0 0 0-1.200.7Z',
  stop: 'M7.500 6.500h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z',
  pause: 'M7 5h3.500v14H7Zm6.500 0H17v14h-3.500Z',
};

/** A drawn sign beside a label; it says nothing of its own to screen readers. */
export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  const body = solid[name];
  return (
    <svg class={filled || body ? 'icon icon-filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={body ?? shapes[name as keyof typeof shapes]} />
    </svg>
  );
}

const kindIcons: Record<string, IconName> = { film: 'film', song: 'sound', news: 'news', post: 'bubble', goods: 'bag' };

export const kindIcon = (kind: string): IconName =>
  (Object.hasOwn(kindIcons, kind) ? kindIcons[kind] : undefined) ?? 'tag';
