import { notes } from '../state/notes';

export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <p key={note.id} class="note">
          {note.text}
        </p>
      ))}
    </div>
  );
}
