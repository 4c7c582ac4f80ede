// Numbers as people read them.

const rounded = (number) => (number >= 100 ? Math.round(number) : Number(number.toPrecision(2)));

export const count = (number) => (number < 10_000 ? String(rounded(number)) : scaled(number, 1000, ['', 'k', 'M', 'G']));

export const bytes = (number) => scaled(number, 1024, ['B', 'kB', 'MB', 'GB', 'TB']);

export const duration = (microseconds) =>
  microseconds < 1000 ? `${rounded(microseconds)} µs` : scaled(microseconds / 1000, 1000, ['ms', 's']);

export function age(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function scaled(number, base, units) {
  let unit = 0;
  while (number >= base && unit + 1 < units.length) {
    number /= base;
    unit++;
  }
  return `${rounded(number)} ${units[unit]}`.trimEnd();
}
