/** The injection token of the data source that `AuthModule` uses: the host's default one, or the one it names. */
export const AuthDataSource = Symbol('AuthDataSource');
