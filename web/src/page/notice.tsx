import type { ComponentChildren } from 'preact';
import { words } from '../language/language';
import { faultText } from '../state/notes';
import { Icon, type IconName } from './icon';

interface Props {
  icon: IconName;
  title: string;
  text?: string;
  children?: ComponentChildren;
  small?: boolean;
}

/** What to read where there is nothing to show. */
export function Notice({ icon, title, text, children, small = false }: Props) {
  return (
    <div class={small ? 'notice notice-small' : 'notice'}>
      <span class="notice-icon">
        <Icon name={icon} />
      </span>
      <p class="notice-title">{title}</p>
      {text && <p class="notice-text">{text}</p>}
      {children}
    </div>
  );
}

export function Fault({
  title,
  error,
  retry,
  small = false,
}: {
  title: string;
  error: unknown;
  retry: () => void;
  small?: boolean;
}) {
  return (
    <div role="alert">
      <Notice icon="info" title={title} text={faultText(error)} small={small}>
        <button type="button" class="button" onClick={retry}>
          {words.value.retry}
        </button>
      </Notice>
    </div>
  );
}
