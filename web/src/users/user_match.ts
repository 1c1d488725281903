import type { User } from '../api/types';

/** Labels in one line; a number is told with its name, `named` giving it in the reader's language. Other things are left out. */
export function labelsOf(user: User, named: (name: string) => string): string {
  return Object.entries(user.labels)
    .map(([name, value]) =>
      typeof value === 'number' ? `${named(name)} ${value}` : typeof value === 'string' ? value : '',
    )
    .filter((text) => text !== '' && text.length <= 40)
    .slice(0, 3)
    .join(' · ');
}

/** Users whose name or labels hold every word of `sought`; names that begin with it come first. */
export function matchUsers(users: User[], sought: string): User[] {
  const wanted = sought.trim().toLowerCase();
  if (wanted === '') return users;
  const words = wanted.split(/\s+/);
  const begins: User[] = [];
  const holds: User[] = [];
  for (const user of users) {
    const name = user.id.toLowerCase();
    const text = `${name} ${Object.values(user.labels).join(' ').toLowerCase()}`;
    if (name.startsWith(wanted)) begins.push(user);
    else if (words.every((word) => text.includes(word))) holds.push(user);
  }
  return [...begins, ...holds];
}
