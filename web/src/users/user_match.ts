import type { User } from '../api/types';

/** Labels in one line, lists and nested things left out. */
export function labelsOf(user: User): string {
  return Object.values(user.labels)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String)
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
