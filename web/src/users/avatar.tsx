import { hueOf, initialsOf } from '../language/format';

export function Avatar({ name, large = false }: { name: string; large?: boolean }) {
  return (
    <span class={large ? 'avatar avatar-large' : 'avatar'} style={{ '--hue': String(hueOf(name)) }} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
