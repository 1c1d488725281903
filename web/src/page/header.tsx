import mark from '../assets/mark.svg';
import { locale, words } from '../language/language';
import { SearchBar } from '../search/search_bar';
import { currentUser } from '../state/people';
import { goTo } from '../state/route';
import { closeSearch } from '../state/search';
import { serverState } from '../state/server';
import { nextTheme, theme } from '../state/theme';
import { Avatar } from '../users/avatar';
import { UserChooser } from '../users/user_chooser';
import { Icon } from './icon';
import { Popover } from './popover';

const themeIcons = { system: 'contrast', light: 'sun', dark: 'moon' } as const;

export function Header() {
  const strings = words.value;
  return (
    <header class="header">
      <div class="header-row">
        <button
          type="button"
          class="brand"
          aria-label="Medley"
          onClick={() => {
            closeSearch();
            goTo({ item: null });
            scrollTo({ top: 0 });
          }}
        >
          <img src={mark} alt="" width="32" height="32" />
          <span class="brand-name">Medley</span>
        </button>
        {serverState.value?.simulated && <SimulatedBadge />}
        <SearchBar />
        <div class="header-tools">
          <button
            type="button"
            class="icon-button language"
            lang={locale.value === 'zh' ? 'en' : 'zh'}
            aria-label={locale.value === 'zh' ? 'English' : '中文'}
            title={strings.switchLanguage}
            onClick={() => (locale.value = locale.value === 'zh' ? 'en' : 'zh')}
          >
            {locale.value === 'zh' ? 'EN' : '中'}
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={`${strings.theme.label}: ${strings.theme[theme.value]}`}
            title={`${strings.theme.label}: ${strings.theme[theme.value]}`}
            onClick={nextTheme}
          >
            <Icon name={themeIcons[theme.value]} />
          </button>
          <UserButton />
        </div>
      </div>
      <JobBar />
    </header>
  );
}

function SimulatedBadge() {
  const face = (
    <>
      <span class="simulated-long">{words.value.simulated}</span>
      <span class="simulated-short">{words.value.simulatedShort}</span>
    </>
  );
  return (
    <Popover title={words.value.simulated} buttonClass="simulated" face={face}>
      {() => (
        <p class="simulated-why" data-first tabIndex={-1}>
          {words.value.simulatedWhy}
        </p>
      )}
    </Popover>
  );
}

function UserButton() {
  const user = currentUser.value;
  return (
    <Popover
      title={words.value.chooseUser}
      buttonClass="user-button"
      panelClass="panel-users"
      face={
        user ? (
          <>
            <Avatar name={user.id} />
            <span class="user-name">{user.id}</span>
            <span class="hidden">{words.value.changeUser}</span>
            <Icon name="chevron" />
          </>
        ) : (
          <>
            <Icon name="person" />
            <span class="user-name">{words.value.chooseUser}</span>
          </>
        )
      }
    >
      {(close) => <UserChooser done={close} />}
    </Popover>
  );
}

/** In the reader's words where we know the stage, else as the server calls it. */
function stageText(stage: string): string {
  const first = stage.split(' ')[0] ?? '';
  const { stages } = words.value;
  return (Object.hasOwn(stages, first) ? stages[first] : undefined) ?? stage;
}

/** While the catalogue is still being encoded or trained: what runs and how far it is. */
function JobBar() {
  const job = serverState.value?.job;
  if (!job) return null;
  const known = job.total > 0;
  const share = known ? Math.min(1, job.done / job.total) : 0;
  const label = words.value.jobRunning(stageText(job.stage));
  return (
    <div class="job">
      <div class="job-text">
        <span>{label}</span>
        <span class="job-figure">{words.value.jobDone(job.done, job.total)}</span>
      </div>
      <div
        class={known ? 'job-track' : 'job-track job-unknown'}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(known ? { 'aria-valuenow': Math.round(share * 100) } : {})}
      >
        <span class="job-fill" style={{ '--share': String(share) }} />
      </div>
    </div>
  );
}
