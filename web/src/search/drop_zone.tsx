import { useEffect, useState } from 'preact/hooks';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import { searchFile } from '../state/search';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** The whole page takes a dropped or pasted picture or sound. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // dragenter and dragleave come for every element that is crossed.
    let depth = 0;
    const enter = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drag = (event: DragEvent): void => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      searchFile(event.dataTransfer?.files ?? []);
    };
    const paste = (event: ClipboardEvent): void => {
      const files = event.clipboardData?.files;
      if (files && files.length > 0 && searchFile(files)) event.preventDefault();
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', drag);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', drag);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  if (!over) return null;
  return (
    <div class="drop">
      <div class="drop-frame">
        <span class="drop-signs">
          <Icon name="picture" />
          <Icon name="sound" />
        </span>
        <p class="drop-title">{words.value.dropHere}</p>
        <p>{words.value.dropMore}</p>
      </div>
    </div>
  );
}
