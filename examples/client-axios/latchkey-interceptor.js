// Copy this file into your app: axios with the session of a Latchkey client.

/** Errors that a refresh may fix. */
const FIXABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_MISSING', 'TOKEN_REVOKED']);

/**
 * Adds the session to an axios instance's requests to `baseUrl`, and retries a request once if its access token had expired.
 * Other origins get no token.
 *
 * @param {import('axios').AxiosInstance} axios
 * @param {import('latchkey/client').LatchkeyClient} client
 * @param {string} baseUrl
 */
export function useLatchkey(axios, client, baseUrl) {
  const { origin } = new URL(baseUrl);
  const isOurs = (config) => new URL(axios.getUri(config), baseUrl).origin === origin;

  axios.interceptors.request.use(async (config) => {
    if (!isOurs(config)) return config;
    const token = await client.getAccessToken(); // refreshes if it is about to expire
    if (token) config.headers.set('Authorization', `Bearer ${token}`);
    else config.withCredentials = true; // cookies
    return config;
  });

  axios.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error;
    const curable = response?.status === 401 && FIXABLE.has(response.data?.error);
    if (!curable || config.again || !isOurs(config)) throw error;
    if (!(await client.refresh())) throw error;
    return axios.request({ ...config, again: true });
  });
}
