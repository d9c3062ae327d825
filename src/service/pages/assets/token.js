/** The token that a mailed link carries after `#t=`. It leaves the address bar before any other script runs. */
export const token = new URLSearchParams(location.hash.slice(1)).get('t') ?? '';
history.replaceState(null, '', location.pathname + location.search);

// Another link to the same page has been opened in this tab.
addEventListener('hashchange', () => location.reload());
