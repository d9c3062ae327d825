// Copy this file into your app: axios with the session of a Latchkey client.

/** What a refresh may cure. */
const CURABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_MISSING', 'TOKEN_REVOKED']);

/**
 * Adds the session to the requests of an axios instance that go to `baseUrl`, and sends a request once more when its
 * access token had ended. Other origins get nothing.
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
    const token = await client.getAccessToken(); // refreshes when it is about to end
    if (token) config.headers.set('Authorization', `Bearer ${token}`);
    else config.withCredentials = true; // cookies
    return config;
  });

  axios.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error;
    const curable = response?.status === 401 && CURABLE.has(response.data?.error);
    if (!curable || config.again || !isOurs(config)) throw error;
    if (!(await client.refresh())) throw error;
    return axios.request({ ...config, again: true });
  });
}
