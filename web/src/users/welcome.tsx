import { words } from '../language/language';
import { firstOf, Thumbnail } from '../media/picture';
import { itemsSeen } from '../state/items';
import { UserChooser } from './user_chooser';

const tiles = 12;

/** The first visit: nobody is chosen yet. */
export function Welcome() {
  return (
    <main class="content welcome" id="content">
      <div class="welcome-words">
        <Mosaic />
        <h1>{words.value.welcome}</h1>
        <p>{words.value.welcomeMore}</p>
      </div>
      <div class="welcome-box">
        <UserChooser />
      </div>
    </main>
  );
}

/** Some of the catalogue's pictures, evenly spread over what is known of it. */
function Mosaic() {
  const pictured = itemsSeen.value.filter((item) => firstOf(item, 'image'));
  if (pictured.length < tiles) return null;
  const step = pictured.length / tiles;
  return (
    <div class="mosaic" aria-hidden="true">
      {Array.from({ length: tiles }, (_, tile) => {
        const item = pictured[Math.floor(tile * step)];
        return item && <Thumbnail key={item.id} item={item} id={item.id} />;
      })}
    </div>
  );
}
