/** The address of another page that leads to the same place in the end. */
export function linkTo(page: string, next: string | undefined): string {
  return `/account/${page}${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`;
}
